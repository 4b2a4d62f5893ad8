import { redactText } from '../../platform/logging/redact.js';

const MOST_URL = 500;
/** GitHub's words for where in a repository: `content`, `pull_request_comment`. */
const SOURCE = /^[a-z_]{1,40}$/i;

/** Where a key was found, fit to be kept and shown. */
export interface LeakPlace {
  url: string | null;
  source: string | null;
}

/** What a report says of the place. Its query may hold anything, the key too, so it is left out. */
export function leakPlaceOf(url: unknown, source: unknown): LeakPlace {
  return { url: urlOf(url), source: typeof source === 'string' && SOURCE.test(source) ? source.toLowerCase() : null };
}

function urlOf(given: unknown): string | null {
  if (typeof given !== 'string' || !/^https?:\/\//i.test(given) || !URL.canParse(given)) return null;
  const { origin, pathname } = new URL(given);
  const plain = `${origin}${pathname}`;
  if (plain.length > MOST_URL) return null;
  return redactText(decoded(plain)) === decoded(plain) ? plain : `${origin}/`;
}

/** An escaped character hides a key from the eye of the redaction only. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
