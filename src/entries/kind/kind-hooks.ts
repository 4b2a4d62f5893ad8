import { SetMetadata } from '@nestjs/common';
import type { EntryDraft } from '../entry-draft.js';
import type { ResolvedEntry } from '../entry-ids.js';
import type { EntryRow } from '../entry-response.js';

/** A transition about to be made, or just made, in its transaction and under the lock of its row. */
export interface TransitionStep {
  /** The row as it was before. */
  row: EntryRow;
  verb: string;
  from: string;
  to: string;
  /** `?cascade=true`: what stands in the way may be changed with it. */
  cascade: boolean;
  /** What came in the body of the request, checked by the hook that reads it. */
  input: Readonly<Record<string, unknown>>;
}

export const PROBE_TYPES = ['http', 'tcp', 'grpc', 'postgresql', 'redis', 'ttl'] as const;

/** A check to be made again and again; `ttl` waits for reports instead. */
export interface Probe {
  type: (typeof PROBE_TYPES)[number];
  /** URL or host:port or connection string; empty of `ttl`. */
  target: string;
  /** Seconds. */
  interval: number;
  timeout: number;
  /** Failures, successes in a row. */
  unhealthyAfter: number;
  healthyAfter: number;
}

/**
 * Behaviour of one kind. Everything runs in the transaction of the change, so it only checks and writes rows: slow work
 * (network, installing) listens to the event that the change records. What throws refuses the change whole.
 */
export interface KindHooks {
  /**
   * Before an entry of the kind is locked for a change, for locks that stand before those of rows; without an entry before
   * several are.
   */
  beforeLock?(entry?: Pick<ResolvedEntry, 'name'>): Promise<void>;
  /** Before an entry is inserted or changed, on any path into the catalog. May settle fields of the draft. */
  beforeSave?(draft: EntryDraft, before?: EntryRow): Promise<void> | void;
  afterSave?(row: EntryRow, before?: EntryRow): Promise<void> | void;
  beforeRemove?(row: EntryRow, force: boolean): Promise<void> | void;
  beforeTransition?(step: TransitionStep): Promise<void> | void;
  /** The row is as it is now; `step.row` as it was. */
  afterTransition?(step: TransitionStep, row: EntryRow): Promise<void> | void;
  /** How an entry is checked for its health; undefined when nobody checks it. */
  probeOf?(row: EntryRow): Promise<Probe | undefined> | Probe | undefined;
  /** What an answer about an entry has beside its own fields; asked once for a page of rows. */
  shown?(rows: readonly EntryRow[]): Promise<ReadonlyMap<string, object>>;
}

export const HOOKS_FOR = 'registry:hooks-for';

/** Marks a provider as the behaviour of the kind of this name. */
export const HooksFor = (kind: string): ClassDecorator => SetMetadata(HOOKS_FOR, kind);
