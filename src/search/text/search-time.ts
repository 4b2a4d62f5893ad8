import { sqlStateOf } from '../../platform/database/database-errors.js';
import { ImpossibleError } from '../../platform/errors/registry-error.js';

/** Of one statement. */
export const LONGEST_STATEMENT_MS = 5000;
const QUERY_CANCELED = '57014';

/**
 * What takes too long is the query's doing: hundreds of phrases and common words in one.
 * @throws ImpossibleError `search.too_slow` when a statement was ended for it
 */
export async function withinTime<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (sqlStateOf(error) !== QUERY_CANCELED) throw error;
    throw new ImpossibleError(
      'search.too_slow',
      `The search took longer than ${LONGEST_STATEMENT_MS / 1000} s. Ask with fewer, rarer or unquoted words.`,
    );
  }
}
