import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ConflictError, ImpossibleError, InvalidError, NotFoundError, StaleError } from '../../../platform/errors/registry-error.js'; // prettier-ignore
import { isStorable } from '../../../platform/http/plain-data.js';
import { ConsulQuery } from '../../consul/consul-query.js';
import { configKind } from '../config.kind.js';
import { ConfigRepository } from '../config.repository.js';
import type { KnownValue } from '../snapshot/config-snapshot.js';
import { withNote } from '../versions/change-note.js';
import type { ConfigTarget, Precondition } from '../write/config-target.js';
import { ConfigWriter } from '../write/config-writer.js';
import { CONSUL_MEMBER, keyOfValue, nameOfKey, namePrefixOf, rememberedKey } from './consul-key.js';
import { ConsulKv } from './consul-kv.js';
import { valueOfBytes } from './consul-value.js';

/** As long as Consul takes them. */
const MOST_KEY = 2048;
const MOST_REMOVED = 1000;
const MOST_FLAGS = 2n ** 64n - 1n;
const NOTE = { origin: 'consul' };

/** What a compare-and-set acts on; undefined when it is lost already. */
type Turn = { target: ConfigTarget; when: Precondition } | undefined;

/** Writes values of the global scope as Consul's key-value store does: true when it is done, false when a comparison fails. */
@Injectable()
export class ConsulKvWriter {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly kv: ConsulKv,
    private readonly writer: ConfigWriter,
    private readonly repository: ConfigRepository,
  ) {}

  async put(key: string, bytes: unknown, request: Request): Promise<boolean> {
    const query = new ConsulQuery(request);
    for (const name of ['acquire', 'release'])
      if (query.text(name) !== undefined)
        throw InvalidError.field(name, 'is not supported: there are no sessions here');
    assertKey(key);
    const cas = query.number('cas');
    const flags = flagsOf(query.text('flags'));
    const known = await this.kv.find(key);
    const turn = await this.turnOf(key, known, cas);
    if (!turn) return false;
    const value = valueOfBytes(Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0), known?.spec.type ?? undefined);
    const own = { key: rememberedKey(key), flags };
    const metadata = { [CONSUL_MEMBER]: own.key === null && own.flags === null ? null : own };
    return won(cas, () => withNote(NOTE, () => this.writer.set(turn.target, { value, metadata }, turn.when)));
  }

  /** What is not there is as removed as it can be. */
  async remove(key: string, request: Request): Promise<boolean> {
    const query = new ConsulQuery(request);
    assertKey(key);
    // Not Consul's, but what a refusal for others' references points to.
    const force = query.flag('force');
    if (query.flag('recurse')) return this.removeAll(key, force);
    const cas = query.number('cas');
    const known = await this.kv.find(key);
    if (cas === undefined && !known) return true;
    const turn = await this.turnOf(key, known, cas);
    // Nothing is at index 0 that could be removed.
    if (!turn || cas === 0) return false;
    return won(cas, () => withNote(NOTE, () => this.writer.remove(turn.target, key, force, turn.when)), true);
  }

  /** All or none, as the transactions of configuration are. */
  private async removeAll(prefix: string, force: boolean): Promise<boolean> {
    await withNote(NOTE, () =>
      this.uow.run(async () => {
        await this.repository.lockAll();
        const near = await this.repository.ofScope('', { prefix: namePrefixOf(prefix) }, MOST_REMOVED + 1);
        if (near.length > MOST_REMOVED)
          throw new ImpossibleError('config.too_many', `At most ${MOST_REMOVED} keys are removed at once.`);
        for (const { uid, name, metadata } of near)
          if (keyOfValue({ name, metadata }).startsWith(prefix))
            await this.writer.remove({ uid, name, scopeText: '' }, name, force);
      }),
    );
    return true;
  }

  /** A `ModifyIndex` stands for the revision that the value had then, and is known here if it is the newest. */
  private async turnOf(key: string, known: KnownValue | undefined, cas: number | undefined): Promise<Turn> {
    const target: ConfigTarget = { name: nameOfKey(key), scopeText: '' };
    if (cas === undefined) return { target, when: {} };
    if (cas === 0) return known ? undefined : { target, when: { revision: 0 } };
    let now = known;
    if (now?.idx !== cas) {
      // Another process may have written what is compared with.
      await this.kv.catchUp();
      now = await this.kv.find(key);
    }
    return now?.idx === cas ? { target: { ...target, uid: now.uid }, when: { revision: now.revision } } : undefined;
  }
}

/** Whether a change took place: whoever compares is told that it did not, and nobody else loses to others. */
async function won(cas: number | undefined, change: () => Promise<unknown>, gone = false): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    if (gone && cas === undefined && error instanceof NotFoundError) return true;
    const lost =
      error instanceof StaleError ||
      error instanceof NotFoundError ||
      (error instanceof ConflictError && error.code === 'config.taken');
    if (cas !== undefined && lost) return false;
    throw error;
  }
}

function assertKey(key: string): void {
  if (key === '') throw InvalidError.field('key', 'is missing');
  if (key.length > MOST_KEY) throw InvalidError.field('key', `must have at most ${MOST_KEY} characters`);
  if (!isStorable(key)) throw InvalidError.field('key', `is none of a ${configKind.name}`);
}

/** Null for none, as most have. */
function flagsOf(text: string | undefined): string | null {
  if (text === undefined || /^0*$/.test(text)) return null;
  if (!/^\d{1,20}$/.test(text) || BigInt(text) > MOST_FLAGS)
    throw InvalidError.field('flags', 'must be a whole number of 64 bits');
  return BigInt(text).toString();
}
