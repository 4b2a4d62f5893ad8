import { matchesWhole, patternOf } from '../definition/pattern.js';
import type { ValueMatch } from '../definition/route-match.dto.js';

/** Whether a header or cookie holds what a rule asks; undefined stands for one that is not there. */
export type ValueTest = (value: string | undefined) => boolean;

export function valueTest(match: ValueMatch | null | undefined, value: string | null | undefined): ValueTest {
  const wanted = value ?? '';
  switch (match ?? (value == null ? 'present' : 'exact')) {
    case 'present':
      return (given) => given !== undefined;
    case 'prefix':
      return (given) => given !== undefined && given.startsWith(wanted);
    case 'regex': {
      const pattern = patternOf(wanted);
      return (given) => given !== undefined && matchesWhole(pattern, given);
    }
    default:
      return (given) => given === wanted;
  }
}
