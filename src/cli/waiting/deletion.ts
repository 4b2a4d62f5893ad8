import type { Batch } from '../commands/batch-answer.js';
import type { CommandContext } from '../core/context.js';
import { pathOf } from '../kinds/kind-request.js';
import type { Entry } from '../views/entry-view.js';
import { awaitCondition, type AwaitedKind } from './await-condition.js';
import type { Condition } from './condition.js';

export interface Deletion {
  of: AwaitedKind;
  force: boolean;
  ifMatch?: string;
  condition: Condition | undefined;
  /** Told of one that goes later. */
  onAccepted?: (id: string) => void;
}

/** How each of a batch is deleted, and waited for until it is gone when that is the condition. */
export function deletion(
  context: CommandContext,
  { of, force, ifMatch, condition, onAccepted }: Deletion,
): Pick<Batch<string>, 'done' | 'name' | 'act' | 'settle'> {
  const going = new Map<string, Entry>();
  return {
    done: 'deleted',
    name: (id) => ({ key: id }),
    async act(id) {
      // By its id: its name may be that of another version as soon as it is gone.
      const entry = condition && !context.dryRun ? await entryOf(context, of, id) : undefined;
      const path = pathOf(of, entry?.id ?? id);
      const answer = await context.send({ method: 'DELETE', path, query: { force: force || undefined }, ifMatch });
      if (entry) going.set(id, entry);
      else if (answer?.status === 202) onAccepted?.(id);
      return answer;
    },
    async settle(id) {
      const entry = going.get(id);
      if (!entry || !condition) return;
      const done = `the registry goes on with deleting ${entry.key}`;
      await awaitCondition(context, { condition, id: entry.id, key: entry.key, of, done });
    },
  };
}

async function entryOf(context: CommandContext, of: AwaitedKind, id: string): Promise<Entry> {
  return (await context.client()).json<Entry>({ method: 'GET', path: pathOf(of, id) });
}
