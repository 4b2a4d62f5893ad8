import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { knownError } from '../../platform/errors/known-error.js';
import { ImpossibleError, RegistryError } from '../../platform/errors/registry-error.js';
import type { BodyItem } from '../../platform/http/ndjson.js';
import { Logger } from '../../platform/logging/logger.js';
import { failure, refusalOf } from './bulk.js';
import type { BulkResult, BulkWriter, ConflictAction, Placed } from './bulk.js';

/** Items per transaction: large enough to spread its cost, small enough to hold no lock for long. */
const BATCH = 500;
/** An atomic bulk is held in memory before its one transaction begins, so its length has an end. */
export const MOST_ATOMIC = 20_000;

/** Runs bulks of whatever kind: all or nothing, or each item on its own merit with memory flat. */
@Injectable()
export class BulkRunner {
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    logger: Logger,
  ) {
    this.logger = logger.child('bulk');
  }

  /**
   * Writes everything or nothing.
   * @throws RegistryError of the first item that is refused, naming its place
   */
  async atomic<Item>(
    source: AsyncIterable<BodyItem>,
    writer: BulkWriter<Item>,
    onConflict: ConflictAction,
  ): Promise<BulkResult[]> {
    const items: Placed<Item>[] = [];
    for await (const raw of source) {
      const { index } = raw;
      if (items.length === MOST_ATOMIC)
        throw new ImpossibleError(
          'bulk.too_many',
          `An atomic bulk holds at most ${MOST_ATOMIC} items; mode=best_effort has no such limit.`,
        );
      try {
        items.push({ index, item: prepared(raw, writer) });
      } catch (error) {
        throw error instanceof RegistryError ? refusalOf(failure(index, error)) : error;
      }
    }
    return this.uow.run(async () => {
      const results: BulkResult[] = [];
      for (let at = 0; at < items.length; at += BATCH) {
        const batch = await writer.write(items.slice(at, at + BATCH), onConflict);
        const refused = batch.find((result) => result.status === 'failed');
        if (refused) throw refusalOf(refused);
        results.push(...batch);
      }
      return results;
    });
  }

  /** Results in the order of the items, a batch as soon as it is committed. */
  async *bestEffort<Item>(
    source: AsyncIterable<BodyItem>,
    writer: BulkWriter<Item>,
    onConflict: ConflictAction,
  ): AsyncGenerator<BulkResult[]> {
    let batch: Placed<Item>[] = [];
    let refused: BulkResult[] = [];
    const flush = async (): Promise<BulkResult[]> => {
      // Refusing takes no statement, and so no turn of the event loop: a body of nothing else would hold everyone up.
      if (batch.length === 0) await breathe();
      const results = [...refused, ...(await this.batch(batch, writer, onConflict))].toSorted(
        (a, b) => a.index - b.index,
      );
      batch = [];
      refused = [];
      return results;
    };
    for await (const raw of source) {
      try {
        batch.push({ index: raw.index, item: prepared(raw, writer) });
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        refused.push(failure(raw.index, error));
      }
      if (batch.length + refused.length >= BATCH) yield await flush();
    }
    if (batch.length + refused.length > 0) yield await flush();
  }

  /** A batch that fails as a whole is halved until the item that spoils it stands alone. */
  private async batch<Item>(
    items: readonly Placed<Item>[],
    writer: BulkWriter<Item>,
    onConflict: ConflictAction,
  ): Promise<BulkResult[]> {
    if (items.length === 0) return [];
    try {
      return await this.uow.run(() => writer.write(items, onConflict));
    } catch (error) {
      const known = knownError(error);
      const final = items.length === 1 || known.status >= 500 || this.uow.inTransaction;
      if (!final) {
        const middle = Math.ceil(items.length / 2);
        return [
          ...(await this.batch(items.slice(0, middle), writer, onConflict)),
          ...(await this.batch(items.slice(middle), writer, onConflict)),
        ];
      }
      if (known.status >= 500) this.logger.warn({ err: error, items: items.length }, 'a batch could not be written');
      return items.map(({ index }) => failure(index, known));
    }
  }
}

function prepared<Item>({ value, error }: BodyItem, writer: BulkWriter<Item>): Item {
  if (error) throw error;
  return writer.prepare(value);
}
