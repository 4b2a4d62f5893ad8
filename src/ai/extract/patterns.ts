import type { Mention, MentionType } from './mention.js';

/** Lookbehinds and bounded repetitions only: each is linear in the text. */
const URL_PATTERN =
  /(?<![\w@])(?:(?:https?|ftp|sftp|ssh|git|wss?|s3|redis|rediss|amqps?|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|kafka|grpcs?|oci):\/\/|www\.)[^\s<>"'`“”]{2,2000}/gi;
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@[a-z\d](?:[a-z\d-]{0,62}\.){1,8}[a-z]{2,24}(?![\w-])/gi;
const IP = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?(?![\w.]*\d)/g;
const VERSION =
  /(?:(?:[<>]=|(?<![<>=!])=|[~^<>])\s?|(?<![\w.@-]))v?\d{1,10}(?:\.\d{1,10}){1,5}(?:-[0-9a-z][0-9a-z.-]{0,40})?(?:\+[0-9a-z.-]{1,40})?(?:\.[x*])?(?![\w%])/gi;
/** A number alone is a version where the text calls it one. */
const NAMED_VERSION = /\b(?:version|release|ver\.|v)\s?(\d{1,6}(?:\.\d{1,6})*(?:-[0-9a-z.]{1,40})?)(?![\w%])/gi;
const PORT = /\bports?:?\s{1,3}(\d{1,5}(?!\d)(?:\s?(?:,|and|or|&|-|–|to)\s{0,2}\d{1,5}(?!\d)){0,11})(?!\w)|(?<=[\w\]]):(\d{2,5})(?![\w.:])|(?<![\w.])(\d{1,5})\/(?:tcp|udp)\b/gi; // prettier-ignore
const UNIT = String.raw`%|percent|ns|µs|us|ms|milliseconds?|microseconds?|nanoseconds?|seconds?|secs?|s|minutes?|min|hours?|h|days?|weeks?|months?|years?|bytes?|[kKMGTP]i?B|[KMGT]bps|[KMG]bit\/s|GHz|MHz|Hz|cores?|vCPUs?|CPUs?|GPUs?|rps|qps|tps|IOPS|requests?(?:\s{1,3}(?:per|a)\s{1,3}(?:second|minute|hour|day)|\/s(?:ec)?)?|(?:messages?|events?|queries|transactions?|operations?|ops|rows?|records?|users?|connections?|replicas?|nodes?|tokens?|parameters?)(?:\s{1,3}(?:per|a)\s{1,3}(?:second|minute|hour|day)|\/s(?:ec)?)?`;
const METRIC = new RegExp(String.raw`(?<![\w.,])(?:[<>≤≥~±]\s?)?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:\.\d{1,9})?)\s?(k|K|million|billion|thousand)?\s?(${UNIT})(?![\w])`, 'g'); // prettier-ignore

type Find = (text: string) => Mention[];

const mention = (type: MentionType, match: RegExpMatchArray, text: string, value: string, from = match.index!): Mention => ({
  type, text, start: from, end: from + text.length, value,
}); // prettier-ignore

const OPENING: ReadonlyMap<string, string> = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);

/** What closes a sentence or a bracket around an address is no part of it. Counted once: it may be nothing but brackets. */
function addressOf(written: string): string {
  const counts = new Map<string, number>();
  for (const letter of written) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  for (let end = written.length; ; end--) {
    const last = written[end - 1];
    const opens = OPENING.get(last);
    const closesNothing = opens !== undefined && (counts.get(opens) ?? 0) < counts.get(last)!;
    if (!closesNothing && !/[.,;:!?*_]/.test(last)) return written.slice(0, end);
    counts.set(last, counts.get(last)! - 1);
  }
}

const urlsIn: Find = (text) =>
  [...text.matchAll(URL_PATTERN)].map((match) => {
    const address = addressOf(match[0]);
    return mention('url', match, address, address);
  });

const emailsIn: Find = (text) =>
  [...text.matchAll(EMAIL)].map((match) => mention('email', match, match[0], match[0].toLowerCase()));

const addressesIn: Find = (text) =>
  [...text.matchAll(IP)]
    .filter(([address]) => address.split('/')[0].split('.').every((part) => Number(part) <= 255))
    .map((match) => mention('ip', match, match[0], match[0])); // prettier-ignore

/** With three parts, a `v` or a comparison a number is a version; with two it needs a name or word before it. */
const versionsIn: Find = (text) => [
  ...[...text.matchAll(VERSION)]
    .filter((match) => isVersion(match[0], text.slice(Math.max(0, match.index - 40), match.index)))
    .map((match) => mention('version', match, match[0], match[0].replace(/^([~^<>=]*)\s?v?/i, '$1'))),
  ...[...text.matchAll(NAMED_VERSION)].map((match) => {
    const [whole, number] = match;
    return mention('version', match, number, number, match.index + whole.length - number.length);
  }),
];

/** A product's name, as far as letters tell: `OpenSSL`, `LDAP`, `log4j`. */
const PRODUCT = /(?:\p{Ll}\p{Lu}\p{L}*|\p{Lu}{2,}\p{L}*|\p{L}\d[\p{L}\d]*)[ ]$/u;

const isVersion = (written: string, before: string): boolean =>
  /^[~^<>=]|v/i.test(written) || /\d\.\d+\.\d|\d-[a-z\d]/i.test(written) || PRODUCT.test(before);

const portsIn: Find = (text) =>
  [...text.matchAll(PORT)].flatMap((match) => {
    const [whole, list, afterHost, transport] = match;
    const numbers = list ?? afterHost ?? transport;
    const from = match.index + whole.indexOf(numbers);
    return [...numbers.matchAll(/\d+/g)]
      .filter(([digits]) => Number(digits) >= 1 && Number(digits) <= 65_535)
      .map((digits) => mention('port', match, digits[0], String(Number(digits[0])), from + digits.index));
  });

const SCALES: Record<string, number> = { k: 1e3, K: 1e3, thousand: 1e3, million: 1e6, billion: 1e9 };

const metricsIn: Find = (text) =>
  [...text.matchAll(METRIC)].map((match) => {
    const [whole, digits, scale, unit] = match;
    const amount = Number(digits.replaceAll(',', '')) * (scale ? SCALES[scale] : 1);
    return { ...mention('metric', match, whole, String(amount)), detail: { amount, unit: unit.replace(/\s+/g, ' ') } };
  });

/** What has a form: addresses, numbers. They may overlap. */
export const PATTERNS: readonly (readonly [MentionType, Find])[] = [
  ['url', urlsIn],
  ['email', emailsIn],
  ['ip', addressesIn],
  ['version', versionsIn],
  ['port', portsIn],
  ['metric', metricsIn],
];
