import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { BodyItem } from '../../../platform/http/ndjson.js';
import { refusalOf } from '../../bulk/bulk.js';
import type { BulkMode, BulkResult, ConflictAction } from '../../bulk/bulk.js';
import { BulkRunner, MOST_ATOMIC } from '../../bulk/bulk-runner.js';
import { EntryBulkWriter } from '../../bulk/entry-bulk.writer.js';
import { RelationshipBulkWriter } from '../../bulk/relationship-bulk.writer.js';
import type { TransferSummary } from '../../transfer/transfer.service.js';
import type { Kind } from '../kind.js';
import { KindCatalog } from '../kind-catalog.js';
import { KindImport } from './kind-import.js';
import type { ImportedDependency } from './kind-import.js';

/** Dependencies written in one transaction. */
const BATCH = 500;
/** Dependencies that may wait for entries further down: more are told as failed. */
const MOST_LATE = 100_000;
const MOST_ERRORS = 100;

export interface KindTransferSummary extends TransferSummary {
  /** Dependencies that are new or changed. */
  dependencies: number;
}

const nothing = (): KindTransferSummary => ({
  created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0, dependencies: 0, errors: [],
}); // prettier-ignore

/** Puts entries of one kind in as they were exported, with what they depend on. */
@Injectable()
export class KindTransfer {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly runner: BulkRunner,
    private readonly entryWriter: EntryBulkWriter,
    private readonly relationshipWriter: RelationshipBulkWriter,
    private readonly catalog: KindCatalog,
  ) {}

  /** Dependencies are added, none is taken away. What is missing at the end is told as an error of the entry that named it. */
  async import(
    kind: Kind,
    items: AsyncIterable<BodyItem>,
    mode: BulkMode,
    onConflict: ConflictAction,
  ): Promise<KindTransferSummary> {
    if (mode === 'best_effort') return this.bestEffort(kind, items, onConflict);
    const all: BodyItem[] = [];
    for await (const item of items) if (all.push(item) > MOST_ATOMIC) break;
    return this.uow.run(() => this.atomic(kind, all, onConflict));
  }

  private async bestEffort(
    kind: Kind,
    items: AsyncIterable<BodyItem>,
    onConflict: ConflictAction,
  ): Promise<KindTransferSummary> {
    const summary = nothing();
    const run = new KindImport(kind, this.catalog, this.entryWriter);
    const late: ImportedDependency[] = [];
    for await (const results of this.runner.bestEffort(items, run, onConflict)) {
      count(summary, results);
      // What an entry depends on may stand further down.
      const missing = await this.relate(run.dependenciesOf(results), summary);
      const room = MOST_LATE - late.length;
      late.push(...missing.slice(0, room).map(({ dependency }) => dependency));
      count(summary, missing.slice(room).map(({ result }) => result)); // prettier-ignore
    }
    count(summary, (await this.relate(late, summary)).map(({ result }) => result)); // prettier-ignore
    return summary;
  }

  private async atomic(kind: Kind, items: BodyItem[], onConflict: ConflictAction): Promise<KindTransferSummary> {
    const summary = nothing();
    const run = new KindImport(kind, this.catalog, this.entryWriter);
    const results = await this.runner.atomic(each(items), run, onConflict);
    count(summary, results);
    const missing = await this.relate(run.dependenciesOf(results), summary);
    const refused = [...missing.map(({ result }) => result), ...summary.errors];
    if (refused.length > 0) throw refusalOf(refused[0]);
    return summary;
  }

  /** Those whose other end is not there (yet), each with what it is refused by; other refusals are counted. */
  private async relate(
    dependencies: readonly ImportedDependency[],
    summary: KindTransferSummary,
  ): Promise<{ dependency: ImportedDependency; result: BulkResult }[]> {
    const missing: { dependency: ImportedDependency; result: BulkResult }[] = [];
    for (let at = 0; at < dependencies.length; at += BATCH) {
      const batch = dependencies.slice(at, at + BATCH);
      const edges = batch.map(({ edge }, index) => ({ index, item: edge }));
      for (const result of await this.uow.run(() => this.relationshipWriter.write(edges, 'update'))) {
        const dependency = batch[result.index];
        if (result.status === 'created' || result.status === 'updated') summary.dependencies++;
        if (result.status !== 'failed') continue;
        const told = placed(result, dependency);
        if (result.error?.code === 'entity.not_found') missing.push({ dependency, result: told });
        else count(summary, [told]);
      }
    }
    return missing;
  }
}

function count(summary: KindTransferSummary, results: readonly BulkResult[]): void {
  for (const result of results) {
    summary[result.status]++;
    if (result.error && summary.errors.length < MOST_ERRORS) summary.errors.push(result);
  }
}

/** The refusal of a dependency as one of its entry. */
function placed({ error }: BulkResult, { index, place }: ImportedDependency): BulkResult {
  const errors = error!.errors?.map(({ message }) => ({ field: `depends_on.${place}.id`, message }));
  return { index, status: 'failed', error: { ...error!, ...(errors && { errors }) } };
}

// oxlint-disable-next-line typescript/require-await -- as the runner takes what comes over the network
async function* each(items: readonly BodyItem[]): AsyncGenerator<BodyItem> {
  yield* items;
}
