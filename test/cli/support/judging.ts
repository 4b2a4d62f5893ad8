import type { Ended } from './program.js';

/** What stderr holds under `-o json`. */
export const isOneErrorObject = (stderr: string): boolean => {
  const { error } = JSON.parse(stderr) as { error: Record<string, unknown> };
  return ['code', 'message', 'status', 'requestId', 'hint', 'details'].every((field) => field in error);
};

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What `ended` should have been, as complaints. */
export function wrong(
  name: string,
  ended: Ended,
  expected: Partial<Record<'code' | 'stdout' | 'stderr', unknown>>,
): string[] {
  return Object.entries(expected).flatMap(([part, wanted]) => {
    const got = ended[part as 'code' | 'stdout' | 'stderr'];
    const fine = wanted instanceof RegExp ? wanted.test(String(got)) : got === wanted;
    return fine ? [] : [`${name}: ${part} is ${JSON.stringify(got).slice(0, 300)}, not ${String(wanted)}`];
  });
}
