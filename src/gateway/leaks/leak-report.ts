import { InvalidError, TooLargeError } from '../../platform/errors/registry-error.js';
import type { FieldError } from '../../platform/errors/registry-error.js';
import { decodeUtf8 } from '../../platform/http/body-reader.js';
import { isStorable } from '../../platform/http/plain-data.js';
import { sha256 } from '../../platform/crypto/digest.js';
import { keyTypeOf } from '../keys/key-format.js';
import type { KeyHash, KeyHasher } from '../keys/key-hasher.js';
import { leakPlaceOf } from './leak-place.js';
import type { LeakPlace } from './leak-place.js';

const MOST_REPORTS = 1_000;
const MOST_TYPE = 200;
/** A longer name might be a key. */
const MOST_NAME = 40;
/** Where something was found: members that may be left out. */
const PLACE = ['url', 'source'];

/** One finding, without what was found. */
export interface LeakReport {
  /** SHA-256 of what was found, in base64: what feedback is given for. */
  tokenHash: string;
  /** The scanner's word for the pattern that matched. */
  tokenType: string;
  /** Hashes it may be stored under; none when it cannot be a key. */
  hashes: readonly KeyHash[];
  place: LeakPlace;
}

/**
 * What a scanner found, in GitHub's format. The tokens become hashes here and are not kept; no error quotes a value of the
 * body, as JSON.parse does. Of a scanner whose format it is (`signed`) further members are passed over; from others they are
 * refused, as everywhere.
 */
export function leakReportsOf(body: Buffer, hasher: KeyHasher, { signed }: { signed: boolean }): LeakReport[] {
  const findings = parsed(body);
  if (!Array.isArray(findings)) throw InvalidError.field('body', 'must be an array of findings');
  if (findings.length > MOST_REPORTS)
    throw new TooLargeError(`At most ${MOST_REPORTS} findings are taken at a time.`, MOST_REPORTS);
  const errors = findings.flatMap((finding: unknown, i) => errorsOf(finding, i, signed));
  if (errors.length > 0) throw new InvalidError(`${errors[0].field} ${errors[0].message}`, errors.slice(0, 100));
  return findings.map(
    ({ token, type, url, source }: { token: string; type: string; url: unknown; source: unknown }) => ({
      tokenHash: sha256(token).toString('base64'),
      tokenType: type,
      hashes: keyTypeOf(token) ? hasher.candidates(token) : [],
      place: leakPlaceOf(url, source),
    }),
  );
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(decodeUtf8(body));
  } catch (error) {
    if (error instanceof InvalidError) throw error;
    throw InvalidError.field('body', 'is not valid JSON');
  }
}

function errorsOf(finding: unknown, i: number, signed: boolean): FieldError[] {
  const { token, type, ...rest } = (finding ?? {}) as Record<string, unknown>;
  const further = signed ? [] : Object.keys(rest).filter((name) => !PLACE.includes(name));
  const errors: FieldError[] = further.map((name) => ({
    field: name.length > MOST_NAME ? String(i) : `${i}.${name || '""'}`,
    message: 'is not a known field',
  }));
  if (!isText(token) || token === '') errors.push({ field: `${i}.token`, message: `must be ${TEXT}` });
  if (!isText(type) || type === '' || type.length > MOST_TYPE)
    errors.push({ field: `${i}.type`, message: `must be ${TEXT}, of at most ${MOST_TYPE} characters` });
  for (const name of PLACE)
    if (!isText(rest[name] ?? '')) errors.push({ field: `${i}.${name}`, message: `must be ${TEXT}` });
  return errors;
}

const TEXT = 'a text without NUL characters and unpaired surrogates';
const isText = (value: unknown): value is string => typeof value === 'string' && isStorable(value);
