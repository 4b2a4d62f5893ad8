import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { currentViewer } from '../../../entries/visibility.js';
import { ForbiddenError, ImpossibleError, InvalidError } from '../../../platform/errors/registry-error.js';
import { sendConsul } from '../../consul/consul-answer.js';
import { ConsulQuery, jittered } from '../../consul/consul-query.js';
import type { Blocking } from '../../consul/consul-query.js';
import { ConfigResolver } from '../read/config-resolver.js';
import type { Reading, ResolvedValue } from '../read/config-resolver.js';
import { ConfigFeed } from '../snapshot/config-feed.js';
import { ConfigSnapshot, isSeen } from '../snapshot/config-snapshot.js';
import type { KnownChange, KnownValue } from '../snapshot/config-snapshot.js';
import { ConfigWatches } from '../watch/config-watches.js';
import { CONSUL_MEMBER, keyOfValue, nameOfKey, namePrefixOf } from './consul-key.js';
import { bytesOfValue } from './consul-value.js';

/** Which values are asked for, and where changes of them can come from. */
interface Asked {
  /** What the names of all of them begin with. */
  namePrefix: string;
  values: () => KnownValue[];
  /** Whether the change of a value that may be gone is one of these. */
  concerns: (change: KnownChange) => boolean;
}

const GLOBAL = '';
/** Consul's own: above zero, as zero would not be waited for. */
const LEAST_INDEX = 1;

const keyOf = ({ name, row: { metadata } }: KnownValue): string => keyOfValue({ name, metadata });

/** Reads values of the global scope as Consul's key-value store, and waits for their changes. */
@Injectable()
export class ConsulKv {
  constructor(
    private readonly snapshot: ConfigSnapshot,
    private readonly feed: ConfigFeed,
    private readonly watches: ConfigWatches,
    private readonly resolver: ConfigResolver,
  ) {}

  /** One key, those that begin with it (`recurse`), or only their names (`keys`). */
  async read(key: string, request: Request, response: Response): Promise<void> {
    const query = new ConsulQuery(request);
    const [keys, recurse] = [query.flag('keys'), query.flag('recurse')];
    if (key === '' && !keys && !recurse) throw InvalidError.field('key', 'is missing');
    const asked = keys || recurse ? this.beginning(key) : this.single(key);
    const index = await this.settled(asked, query.blocking(), response);
    if (response.destroyed) return;
    const values = asked.values();
    if (values.length === 0) return sendConsul(response, '', { index, status: 404 });
    if (keys) {
      const names = namesUpTo(values.map(keyOf), key.length, query.text('separator'));
      return sendConsul(response, JSON.stringify(names), { index });
    }
    const reading = this.resolver.reading({});
    if (query.flag('raw')) {
      const bytes = bytesOfValue((await this.resolved(values[0], reading)).value);
      await reading.end();
      return sendConsul(response, bytes, { index, type: 'application/octet-stream' });
    }
    const pairs = await this.pairs(values, reading, recurse);
    await reading.end();
    sendConsul(response, `[${pairs.join(',')}]`, { index });
  }

  /** The value of a key as it is known here, after what this process has written. */
  async find(key: string): Promise<KnownValue | undefined> {
    await this.feed.fresh();
    return this.single(key).values()[0];
  }

  /** Everything any process has written before is known here after this. */
  catchUp(): Promise<void> {
    return this.feed.catchUp();
  }

  private single(key: string): Asked {
    const name = nameOfKey(key);
    return {
      namePrefix: name,
      values: () => {
        const known = this.snapshot.find(name, GLOBAL);
        return known && keyOf(known) === key ? [known] : [];
      },
      concerns: (change) => change.name === name && change.scopeText === GLOBAL,
    };
  }

  private beginning(key: string): Asked {
    const namePrefix = namePrefixOf(key);
    const fits = (value: KnownValue): boolean => keyOf(value).startsWith(key);
    return {
      namePrefix,
      values: () => {
        const found = [...this.snapshot.all(namePrefix)].filter((one) => one.scopeText === GLOBAL && fits(one));
        return found
          .map((one) => [keyOf(one), one] as const)
          .sort(byKey)
          .map(([, one]) => one);
      },
      // Of what is gone the key is not known any more, if the name does not tell it: then it may have been one.
      concerns: ({ name, scopeText, value }) =>
        scopeText === GLOBAL && name.startsWith(namePrefix) && (!value || fits(value)),
    };
  }

  /** The index of the answer, which comes when there is something newer than what is waited for. */
  private async settled(asked: Asked, blocking: Blocking | undefined, response: Response): Promise<number> {
    await this.feed.fresh();
    if (!blocking) return this.indexOf(asked);
    // Another process told it more than is known here.
    if (blocking.index > this.snapshot.head) await this.feed.catchUp();
    const until = performance.now() + jittered(blocking.waitMs);
    const waits = (): boolean =>
      blocking.index <= this.snapshot.head &&
      this.indexOf(asked) <= blocking.index &&
      !response.destroyed &&
      !this.watches.draining;
    for (let left = until - performance.now(); left > 0 && waits(); left = until - performance.now())
      await this.next(asked.namePrefix, left, response);
    // An index that this process has not seen change for lies below what another one told.
    return Math.max(this.indexOf(asked), Math.min(blocking.index, this.snapshot.head));
  }

  private next(namePrefix: string, ms: number, response: Response): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        end();
        clearTimeout(timer);
        response.off('close', done);
        resolve();
      };
      const end = this.watches.add(namePrefix, currentViewer(), done);
      const timer = setTimeout(done, ms);
      response.once('close', done);
    });
  }

  private indexOf({ concerns }: Asked): number {
    const viewer = currentViewer();
    return Math.max(
      LEAST_INDEX,
      this.snapshot.latest((change) => concerns(change) && isSeen(change, viewer)),
    );
  }

  /** Of several, what cannot be had is left out; Consul leaves out what one may not read. */
  private async pairs(values: readonly KnownValue[], reading: Reading, several: boolean): Promise<string[]> {
    const pairs: string[] = [];
    for (const known of values) {
      const resolved = several ? await reading.resolve(known) : await this.resolved(known, reading);
      if (!resolved.masked && resolved.unresolved.length === 0) pairs.push(pairOf(known, bytesOfValue(resolved.value)));
    }
    return pairs;
  }

  /** @throws ForbiddenError, ImpossibleError */
  private async resolved(known: KnownValue, reading: Reading): Promise<ResolvedValue> {
    const resolved = await reading.resolve(known);
    if (resolved.masked) throw new ForbiddenError('This needs the permission "read:secrets".', { missing: 'read:secrets' }); // prettier-ignore
    if (resolved.unresolved.length > 0)
      throw new ImpossibleError('config.reference_unresolved', `It refers to ${resolved.unresolved.join(', ')}, which has no value.`); // prettier-ignore
    return resolved;
  }
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** Keys, each up to the first separator behind what all begin with, once. */
function namesUpTo(keys: readonly string[], from: number, separator: string | undefined): string[] {
  if (!separator) return [...keys];
  const cut = (key: string): string => {
    const at = key.indexOf(separator, from);
    return at < 0 ? key : key.slice(0, at + separator.length);
  };
  return [...new Set(keys.map(cut))];
}

/** Flags are up to 64 bits, more than a number of JavaScript holds: they are text until here. */
function pairOf(known: KnownValue, bytes: Buffer): string {
  const { flags = '0' } = (known.row.metadata[CONSUL_MEMBER] ?? {}) as { flags?: unknown };
  const told = {
    LockIndex: 0,
    Key: keyOf(known),
    Value: bytes.length === 0 ? null : bytes.toString('base64'),
    CreateIndex: known.madeIdx ?? LEAST_INDEX,
    ModifyIndex: known.idx,
  };
  return `${JSON.stringify(told).slice(0, -1)},"Flags":${/^\d{1,20}$/.test(String(flags)) ? String(flags) : '0'}}`;
}
