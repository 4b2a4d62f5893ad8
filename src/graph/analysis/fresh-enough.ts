import { UnavailableError } from '../../platform/errors/registry-error.js';
import type { SharedWork } from '../engine/shared-work.js';
import { ANALYSIS } from '../graph-limits.js';
import type { GraphScope } from './graph-scope.js';
import { sameVersion } from './graph-version.js';
import type { GraphVersion } from './graph-version.js';

/** A result that says what it was worked out from. */
export interface Dated {
  version: GraphVersion;
  restrictions: string;
  milliseconds: number;
}

interface Wanted {
  scope: GraphScope;
  now: GraphVersion;
  /** Waits for a new one even where that takes long. */
  fresh: boolean;
  signal: AbortSignal;
}

/**
 * A known result where it is still true, or where a new one takes long: then it is answered as stale, and worked out anew
 * behind the answer. Else a new one. What was worked out while other entries were restricted is never answered.
 */
export async function freshEnough<Result extends Dated>(
  known: Result | undefined,
  work: SharedWork<Result>,
  { scope, now, fresh, signal }: Wanted,
): Promise<{ result: Result; stale: boolean }> {
  if (known?.restrictions === scope.restrictions) {
    if (sameVersion(known.version, now)) return { result: known, stale: false };
    if (!fresh && known.milliseconds > ANALYSIS.quickMilliseconds) {
      // Its failure is told to whoever waits for it; here the old result stands.
      if (!work.isRunning) work.ask().catch(() => undefined);
      return { result: known, stale: true };
    }
  }
  let result = await inTime(work.ask(signal));
  // It may have begun before the change that this caller wants to see, or before another entry was restricted.
  const outdated = (): boolean => result.version.changes < now.changes || result.restrictions !== scope.restrictions;
  if (outdated()) result = await inTime(work.ask(signal));
  if (result.restrictions !== scope.restrictions)
    throw new UnavailableError('graph.changed', 'Other entries were restricted meanwhile; ask again.');
  return { result, stale: outdated() };
}

/** The work goes on when its time here is over: who asks again finds it further. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new UnavailableError('graph.computing', 'The whole graph is being looked at; ask again.', undefined, 30),
        ),
      ANALYSIS.answerMilliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
