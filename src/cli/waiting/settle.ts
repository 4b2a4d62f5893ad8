import type { CommandContext } from '../core/context.js';
import type { Entry } from '../views/entry-view.js';
import { awaitCondition, type AwaitedKind } from './await-condition.js';
import type { Condition } from './condition.js';

export interface Changed {
  entry: Entry;
  of: AwaitedKind;
  /** `created svc_checkout` */
  done: string;
  condition: Condition | undefined;
}

/** The entry that a change answered with, or as it is once the condition holds of it. */
export async function settled(context: CommandContext, { entry, of, done, condition }: Changed): Promise<Entry> {
  if (!condition) return entry;
  const { id, key } = entry;
  return (await awaitCondition(context, { condition, id, key, of, done })) ?? entry;
}
