import { setTimeout as pause } from 'node:timers/promises';
import { restoreFile } from '../../src/platform/database/backup/backup-commands.js';
import type { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { BackupFolder, CONTEXT, placeOf } from '../medium/backup-fixture.js';
import type { ApiClient } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const ENTITIES = '/api/v1/entities';
const WRITERS = 6;

interface EventRow {
  id: string;
  seq: string;
  type: string;
  payload: { entity?: { id: string; checksum: string; revision: number } };
}

const eventsOf = (uow: UnitOfWork): Promise<EventRow[]> =>
  uow.query<EventRow & object>('SELECT id, seq, span, type, actor, payload, at FROM event ORDER BY seq');

/** What the catalog is after these events: each entry's checksum and revision. */
function replayed(events: readonly EventRow[]): Record<string, string> {
  const entries = new Map<string, string>();
  for (const { type, payload } of events) {
    const { entity } = payload;
    if (!entity) continue;
    if (type === 'entity_deleted') entries.delete(entity.id);
    else entries.set(entity.id, `${entity.checksum} ${entity.revision}`);
  }
  return Object.fromEntries(entries);
}

async function catalogOf(uow: UnitOfWork): Promise<Record<string, string>> {
  const rows = await uow.query<{ uid: string; state: string }>(
    `SELECT uid, checksum || ' ' || revision AS state FROM entry`,
  );
  return Object.fromEntries(rows.map(({ uid, state }) => [uid, state]));
}

/** Creates, changes and removes entries of its own until it is stopped; every answer must be a good one. */
class Writer {
  written = 0;
  private stopping = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly api: ApiClient,
    private readonly name: string,
  ) {
    this.running = this.write();
  }

  async stop(): Promise<number> {
    this.stopping = true;
    await this.running;
    return this.written;
  }

  private async write(): Promise<void> {
    for (let n = 0; !this.stopping; n++) {
      const { id } = await this.done('POST', ENTITIES, {
        type: 'resource',
        name: `${this.name}-${n}`,
        metadata: { n },
      });
      await this.done('PATCH', `${ENTITIES}/${id}`, { title: `number ${n}`, metadata: { more: 'x'.repeat(n % 500) } });
      if (n % 3 === 2) await this.done('DELETE', `${ENTITIES}/${id}`);
    }
  }

  private async done(method: string, path: string, body?: object): Promise<{ id: string }> {
    const answer = await this.api.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status}`);
    this.written++;
    return answer.body as { id: string };
  }
}

describe('a backup under write load', () => {
  let folder: BackupFolder;
  let place: TestPlace;
  let target: TestPlace;
  let app: TestApp;
  let restored: TestApp;

  beforeAll(async () => {
    folder = await BackupFolder.make();
    place = await testPlace();
    target = await testPlace();
    app = await testApp({ place });
  });
  afterAll(async () => {
    await restored?.close();
    await app.close();
    await Promise.all([place.drop(), target.drop(), folder.remove()]);
  });

  it('restored elsewhere is what the registry was at its seq, checksum by checksum', async () => {
    const writers = Array.from({ length: WRITERS }, (_, n) => new Writer(app.api, `writer-${n}`));
    await pause(500);
    const { path, manifest } = await folder.taken(app.api);
    await pause(200);
    const written = (await Promise.all(writers.map((writer) => writer.stop()))).reduce((a, b) => a + b, 0);
    await eventually('every event has a number', async () => {
      const [{ waiting }] = await app.uow.query<{ waiting: boolean }>(
        'SELECT EXISTS (SELECT FROM event WHERE seq IS NULL) AS waiting',
      );
      return !waiting;
    });
    const there = await eventsOf(app.uow);
    expect(written).toBeGreaterThan(20);
    expect(there.filter(({ seq }) => Number(seq) > manifest.head.seq).length).toBeGreaterThan(0);

    await restoreFile(CONTEXT, path, placeOf(target));
    restored = await testApp({ place: target });
    const kept = new Set(await idsOf(restored.uow, manifest.head.sequences['event.id']));
    await eventually('what had no number in the backup has one here', async () => {
      const [{ waiting }] = await restored.uow.query<{ waiting: boolean }>(
        'SELECT EXISTS (SELECT FROM event WHERE seq IS NULL) AS waiting',
      );
      return !waiting;
    });
    const here = (await eventsOf(restored.uow)).filter(({ id }) => kept.has(id));

    // Everything up to seq, and exactly that; then what was committed, but not numbered yet.
    const upTo = (events: readonly EventRow[]): EventRow[] =>
      events.filter(({ seq }) => Number(seq) <= manifest.head.seq);
    expect(upTo(here)).toEqual(upTo(there));
    const tail = here.slice(upTo(here).length);
    expect(tail).toHaveLength(manifest.head.unnumbered);
    const known = new Map(there.map((event) => [event.id, event.payload]));
    for (const { id, payload } of tail) expect(known.get(id)).toEqual(payload);

    expect(await catalogOf(restored.uow)).toEqual(replayed(here));
    expect(await catalogOf(app.uow)).toEqual(replayed(there));
  });
});

/** Rows that came with the backup: what this start wrote itself has higher ids. */
async function idsOf(uow: UnitOfWork, last: string): Promise<string[]> {
  const rows = await uow.query<{ id: string }>('SELECT id FROM event WHERE id <= $1', [last]);
  return rows.map(({ id }) => id);
}
