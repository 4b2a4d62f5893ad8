/** Words that stand before the release they lead to, oldest first. */
const BEFORE = ['dev', 'a', 'alpha', 'b', 'beta', 'pre', 'preview', 'c', 'rc'];

/** Runs of digits and of letters; what separates them says nothing. A leading `v` is no part of a version. */
const partsOf = (version: string): string[] =>
  version
    .trim()
    .toLowerCase()
    .replace(/^v(?=\d)/, '')
    .match(/\d+|[a-z]+/g) ?? [];

/**
 * Orders versions of any sort: `3.10` after `3.9`, `3.10` the same as `3.10.0`, `3.11.0rc1` before `3.11`, `9.4p1` after
 * `9.4`. Negative, 0 or positive, as `a - b`.
 */
export function compareLoosely(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = compareParts(left[i], right[i]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareParts(a: string | undefined, b: string | undefined): number {
  const [rankA, rankB] = [rankOf(a), rankOf(b)];
  if (rankA !== rankB) return rankA - rankB;
  if (rankA === NUMBER) return Math.sign(Number(BigInt(a ?? '0') - BigInt(b ?? '0')));
  if (rankA < NUMBER) return BEFORE.indexOf(a!) - BEFORE.indexOf(b!);
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

/** A part that is missing is a 0. */
const NUMBER = 1;
function rankOf(part: string | undefined): number {
  if (part === undefined || /^\d/.test(part)) return NUMBER;
  return BEFORE.includes(part) ? 0 : 2;
}

/** The leading numbers of a version. */
export const numbersOf = (version: string): string[] => {
  const parts = partsOf(version);
  const end = parts.findIndex((part) => !/^\d/.test(part));
  return end < 0 ? parts : parts.slice(0, end);
};

/** Whether a version begins with these numbers: `3.10.2` with `3.10`, `3.1` does not. */
export const beginsWith = (version: string, numbers: readonly string[]): boolean =>
  numbers.every((number, i) => BigInt(numbersOf(version)[i] ?? '0') === BigInt(number));
