import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import type { SecretPlace } from '../../platform/crypto/secret-box.js';
import { makeWebhookSecret } from '../../platform/crypto/webhook-signature.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { NotFoundError, UnavailableError } from '../../platform/errors/registry-error.js';
import { EntryRepository } from '../entry.repository.js';
import { toEntryResponse } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import type { Kind } from '../kind/kind.js';
import { KindEntriesService } from '../kind/kind-entries.service.js';
import { Outbox } from '../outbox.js';

/** How long calls are signed with the former secret too. */
const FORMER_HOURS = 24;

const placeOf = (row: Pick<EntryRow, 'uid'>): SecretPlace => ({
  table: 'driver_secret',
  row: row.uid,
  field: 'secret',
});

interface OldSecret {
  entry_id: string;
  uid: string;
  sealed: string;
  former: string | null;
}

export interface Resealed {
  done: number;
  failures: { uid: string; err: UnavailableError }[];
  next?: string;
}

/** The secrets that calls to entries' controllers are signed with, one for each entry. */
@Injectable()
export class DriverSecrets {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly box: SecretBox,
    private readonly kindEntries: KindEntriesService,
    private readonly entries: EntryRepository,
    private readonly outbox: Outbox,
  ) {}

  /** Makes a new one; the only time that it is shown. */
  async rotate(kind: Kind, idOrKey: string): Promise<{ secret: string; former_expires_at: string | null }> {
    const { id } = await this.kindEntries.resolve(kind, idOrKey);
    return this.uow.run(async () => {
      const row = await this.entries.lock(id);
      if (!row) throw new NotFoundError(kind.name, idOrKey);
      const secret = makeWebhookSecret();
      const [{ former_until: until }] = await this.uow.query<{ former_until: Date | null }>(
        `INSERT INTO driver_secret AS s (entry_id, sealed) VALUES ($1, $2)
         ON CONFLICT (entry_id) DO UPDATE SET sealed = excluded.sealed, former = s.sealed,
           former_until = clock_timestamp() + make_interval(hours => $3), created_at = clock_timestamp()
         RETURNING former_until`,
        [id, await this.box.seal(placeOf(row), secret), FORMER_HOURS],
      );
      const payload = { entity: toEntryResponse(row) };
      await this.outbox.record([{ type: 'driver_secret_rotated', entryId: id, payload }]);
      return { secret, former_expires_at: until?.toISOString() ?? null };
    });
  }

  /** What a call for an entry is signed with, the newest first. One is made when there is none: no call goes unsigned. */
  async of(row: Pick<EntryRow, 'id' | 'uid'>): Promise<string[]> {
    const sealed = (await this.stored(row.id)) ?? (await this.made(row));
    const open: string[] = [];
    for (const one of sealed) open.push(await this.box.open(placeOf(row), one));
    return open;
  }

  async any(): Promise<boolean> {
    return (await this.uow.query('SELECT 1 FROM driver_secret LIMIT 1')).length > 0;
  }

  /**
   * Seals with the newest data key what is left under older ones, some at a time behind `after`, and locked; those another
   * process has are left out. Answers how many, which could not be opened, and where to go on.
   */
  async reseal(version: number, limit: number, after: string): Promise<Resealed> {
    const old = await this.uow.query<OldSecret & object>(
      `SELECT s.entry_id, e.uid, s.sealed, s.former FROM driver_secret s JOIN entry e ON e.id = s.entry_id
       WHERE s.entry_id > $3 AND least(split_part(s.sealed, ':', 3)::integer, split_part(s.former, ':', 3)::integer) < $1
       ORDER BY s.entry_id LIMIT $2 FOR UPDATE OF s SKIP LOCKED`,
      [version, limit, after],
    );
    const failures: Resealed['failures'] = [];
    for (const row of old) {
      try {
        await this.uow.query('UPDATE driver_secret SET sealed = $2, former = $3 WHERE entry_id = $1', [
          row.entry_id,
          await this.resealed(row, row.sealed),
          row.former && (await this.resealed(row, row.former)),
        ]);
      } catch (err) {
        if (!(err instanceof UnavailableError)) throw err;
        failures.push({ uid: row.uid, err });
      }
    }
    return {
      done: old.length - failures.length,
      failures,
      next: old.length === limit ? old.at(-1)?.entry_id : undefined,
    };
  }

  private async resealed(row: Pick<EntryRow, 'uid'>, sealed: string): Promise<string> {
    return this.box.seal(placeOf(row), await this.box.open(placeOf(row), sealed));
  }

  private async stored(entryId: string): Promise<string[] | undefined> {
    const [row] = await this.uow.query<{ sealed: string; former: string | null }>(
      `SELECT sealed, CASE WHEN former_until > clock_timestamp() THEN former END AS former
       FROM driver_secret WHERE entry_id = $1`,
      [entryId],
    );
    return row && (row.former === null ? [row.sealed] : [row.sealed, row.former]);
  }

  private async made(row: Pick<EntryRow, 'id' | 'uid'>): Promise<string[]> {
    await this.uow.query(
      'INSERT INTO driver_secret (entry_id, sealed) VALUES ($1, $2) ON CONFLICT (entry_id) DO NOTHING',
      [row.id, await this.box.seal(placeOf(row), makeWebhookSecret())],
    );
    return (await this.stored(row.id)) ?? [];
  }
}
