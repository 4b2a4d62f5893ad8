import { setImmediate as turn } from 'node:timers/promises';
import type nlp from 'compromise';
import { sentencesOf } from '../text/sentences.js';
import type { Sentence } from '../text/sentences.js';
import type { Mention, MentionType } from './mention.js';

/** Reading 1,000 letters takes some 50 ms: as much as is read of one text. */
export const MOST_READ = 10_000;
/** Read at once; then others have their turn. */
const AT_ONCE = 600;
/** A name begins with a capital, and what begins a sentence may have one by chance. */
const CAPITAL = /\p{Lu}/u;
const TRAILING = /(?:['’]s)?[\s.,;:!?)\]}"'’”]*$/u;
const LEADING = /^(?:[\s("'“‘[{]|(?:the|a|an)\s)*/iu;
/** With these a name ends in a full stop of its own. */
const SHORTENED = /\b(?:Inc|Corp|Ltd|Co|Jr|Sr|B\.V|S\.A|N\.V)$/;

let library: Promise<typeof nlp> | undefined;

/** The library takes 100 ms to load, and most processes never need it. */
const load = (): Promise<typeof nlp> => (library ??= import('compromise').then((module) => module.default));

/** Sentences that follow one another, cut together so that each part is short. */
function partsOf(text: string): Sentence[] {
  const parts: Sentence[] = [];
  for (const { start, end } of sentencesOf(text)) {
    const last = parts.at(-1);
    if (last && end - last.start <= AT_ONCE) parts[parts.length - 1] = { ...last, end };
    else for (let from = start; from < end; from += AT_ONCE) parts.push({ text: '', start: from, end: Math.min(end, from + AT_ONCE) });
  } // prettier-ignore
  return parts.map(({ start, end }) => ({ text: text.slice(start, end), start, end }));
}

interface Found {
  text: string;
  offset: { start: number; length: number };
}

function mentionOf(type: MentionType, part: Sentence, { offset }: Found): Mention | undefined {
  const written = part.text.slice(offset.start, offset.start + offset.length);
  const lead = LEADING.exec(written)![0].length;
  const bare = written.slice(lead).replace(TRAILING, '');
  const name = SHORTENED.test(bare) && written[lead + bare.length] === '.' ? `${bare}.` : bare;
  if (name.length < 2 || !/^\p{Lu}/u.test(name)) return undefined;
  const start = part.start + offset.start + lead;
  return { type, text: name, start, end: start + name.length, value: name.replace(/\s+/g, ' ') };
}

/** People and organisations, by compromise: English, and by names and forms it knows, so neither all nor only they. */
export async function namesIn(text: string): Promise<Mention[]> {
  const read = await load();
  const found: Mention[] = [];
  for (const part of partsOf(text.slice(0, MOST_READ))) {
    if (!CAPITAL.test(part.text)) continue;
    const document = read(part.text);
    const add = (type: MentionType, all: unknown): void => {
      for (const one of all as Found[]) {
        const mention = mentionOf(type, part, one);
        if (mention) found.push(mention);
      }
    };
    add('person', document.people().json({ offset: true }));
    add('organisation', document.organizations().json({ offset: true }));
    await turn();
  }
  return found;
}
