import { AuditTrail } from '../../src/platform/audit/audit-trail.js';
import { AuditSealer } from '../../src/gateway/audit/audit-sealer.js';
import { AuditVerifier } from '../../src/gateway/audit/audit-verifier.js';
import type { Verification } from '../../src/gateway/audit/audit-verifier.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { isNative } from '../support/database.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const TABLES = ['audit', 'audit_seal', 'audit_checkpoint', 'audit_head'];
const ROWS = 40;

let service: TestApp;
let uow: UnitOfWork;
let trail: AuditTrail;
let sealer: AuditSealer;

const verified = (question = { fromSeq: 1 }): Promise<Verification> => service.app.get(AuditVerifier).verify(question);
const kinds = ({ broken }: Verification): unknown[] => broken.map(({ kind, seq, audit_id }) => [kind, seq, audit_id]);

/** What a superuser can do to the trail: everything, the triggers once out of the way. */
async function tamper(...statements: string[]): Promise<void> {
  await uow.run(async () => {
    for (const table of TABLES) await uow.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    for (const statement of statements) await uow.query(statement);
    for (const table of TABLES) await uow.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  });
}

/** Does something to the trail, says what is found, and undoes it. */
async function found(statement: string | string[], question = { fromSeq: 1 }): Promise<unknown[]> {
  for (const table of TABLES) await uow.query(`CREATE TABLE saved_${table} AS SELECT * FROM ${table}`);
  try {
    await tamper(...[statement].flat());
    return kinds(await verified(question));
  } finally {
    await tamper(
      ...TABLES.flatMap((table) => [
        `DELETE FROM ${table}`,
        `INSERT INTO ${table} ${table === 'audit' ? 'OVERRIDING SYSTEM VALUE' : ''} SELECT * FROM saved_${table}`,
        `DROP TABLE saved_${table}`,
      ]),
    );
  }
}

const sealAll = async (): Promise<void> => {
  for (let i = 0; i < 200; i++) if ((await sealer.sealDue()) === 0 && sealer.waitingSeconds() === 0) return;
  throw new Error('The trail is never sealed.');
};

beforeAll(async () => {
  service = await testApp({ env: { REGISTRY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') } });
  uow = service.uow;
  trail = service.app.get(AuditTrail);
  sealer = service.app.get(AuditSealer);
  for (let i = 0; i < ROWS; i++)
    await trail.record({
      action: 'test.change',
      subject: { type: 'entity', id: `id-${i}`, key: `svc_${i}@1` },
      before: { n: i },
      after: { n: i + 1, text: 'é "quoted" \\ \n 😀', list: [1, 2.5, null, true] },
      details: { why: 'a test' },
    });
  await sealAll();
});
afterAll(() => service.close());

/** The seal of the nth row of the test. */
async function sealOf(n: number): Promise<{ seq: number; id: string }> {
  const [row] = await uow.query<{ seq: string; id: string }>(
    `SELECT s.seq, a.id FROM audit a JOIN audit_seal s ON s.audit_id = a.id WHERE a.subject_id = $1`,
    [`id-${n}`],
  );
  return { seq: Number(row.seq), id: row.id };
}

describe('the chain over the audit trail', () => {
  it('holds, to its end, and is signed', async () => {
    const answer = await verified();
    expect(answer).toMatchObject({ intact: true, broken: [], broken_total: 0, unsealed: { rows: 0 } });
    expect(answer.checked).toBeGreaterThanOrEqual(ROWS);
    expect(answer.head).toEqual({ seq: answer.checked, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(answer.signed?.to).toBe(answer.head.seq);
  });

  it('is numbered without gaps, each row once, in the order of their transactions', async () => {
    const [{ n, last, rows, ordered }] = await uow.query<{ n: number; last: number; rows: number; ordered: boolean }>(
      `SELECT count(*)::int AS n, max(seq)::int AS last, (SELECT count(*) FROM audit)::int AS rows, bool_and(ordered) AS ordered
       FROM (SELECT s.seq, coalesce((a.xid, a.id) > (lag(a.xid) OVER w, lag(a.id) OVER w), true) AS ordered
             FROM audit_seal s JOIN audit a ON a.id = s.audit_id WINDOW w AS (ORDER BY s.seq)) x`,
    );
    expect({ last, rows, ordered }).toEqual({ last: n, rows: n, ordered: true });
  });

  it.each(['audit', 'audit_seal', 'audit_checkpoint'])('nobody changes or removes a row of %s', async (table) => {
    const column = table === 'audit' ? 'id' : 'seq';
    await expect(uow.query(`UPDATE ${table} SET ${column} = DEFAULT`)).rejects.toThrow(/append-only: UPDATE/);
    await expect(uow.query(`DELETE FROM ${table} WHERE false`)).rejects.toThrow(/append-only: DELETE/);
    await expect(uow.query(`TRUNCATE ${table}`)).rejects.toThrow(/append-only: TRUNCATE/);
  });
});

const COLUMNS: [string, string][] = [
  ['xid', `'999999999'`],
  ['at', `at + interval '1 ms'`],
  ['actor', `'somebody'`],
  ['actor_type', `'api_key'`],
  ['actor_name', `'Somebody'`],
  ['credential', `'token'`],
  ['address', `'10.9.9.9'`],
  ['request_id', `'another'`],
  ['action', `'test.other'`],
  ['outcome', `'denied'`],
  ['subject_type', `'key'`],
  ['subject_id', `'id-x'`],
  ['subject_key', 'NULL'],
  ['before', `'{"n": 0}'`],
  ['after', `after || '{"n": 7}'`],
  ['details', 'NULL'],
];

describe('tampering', () => {
  it.each(COLUMNS)('with %s of one row is found and named', async (column, value) => {
    const { seq, id } = await sealOf(20);
    expect(await found(`UPDATE audit SET ${column} = ${value} WHERE id = ${id}`)).toEqual([['row_changed', seq, id]]);
  });

  it('giving a row another id is found as a row that is gone', async () => {
    const { seq, id } = await sealOf(20);
    const faults = await found([
      `INSERT INTO audit OVERRIDING SYSTEM VALUE SELECT 77777777, a.* FROM
         (SELECT xid, at, actor, actor_type, actor_name, credential, address, request_id, action, outcome, subject_type,
            subject_id, subject_key, before, after, details FROM audit WHERE id = ${id}) AS a`,
      `DELETE FROM audit WHERE id = ${id}`,
    ]);
    expect(faults).toContainEqual(['row_missing', seq, id]);
  });

  it('covers every column there is', async () => {
    const rows = await uow.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'audit'::regclass AND attnum > 0 AND NOT attisdropped`,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(['id', ...COLUMNS.map(([name]) => name)].sort());
  });

  it('with the last row, and with the first, is found and named', async () => {
    const [{ last }] = await uow.query<{ last: string }>('SELECT max(seq) AS last FROM audit_seal');
    for (const seq of [1, Number(last)]) {
      const [{ id }] = await uow.query<{ id: string }>('SELECT audit_id AS id FROM audit_seal WHERE seq = $1', [seq]);
      expect(await found(`UPDATE audit SET actor = 'x' WHERE id = ${id}`)).toEqual([['row_changed', seq, id]]);
    }
  });

  it('with several rows names each of them', async () => {
    const [one, two, three] = [await sealOf(3), await sealOf(17), await sealOf(30)];
    expect(
      await found(`UPDATE audit SET actor = 'x' WHERE subject_id IN ('id-3', 'id-17', 'id-30')`),
    ).toEqual([one, two, three].map(({ seq, id }) => ['row_changed', seq, id])); // prettier-ignore
  });

  it('removing a row is found, whether or not its seal goes with it', async () => {
    const { seq, id } = await sealOf(11);
    expect(await found(`DELETE FROM audit WHERE id = ${id}`)).toEqual([['row_missing', seq, id]]);
    expect(
      await found([`DELETE FROM audit WHERE id = ${id}`, `DELETE FROM audit_seal WHERE seq = ${seq}`]),
    ).toEqual([['seal_missing', seq, undefined]]); // prettier-ignore
  });

  it('removing seals is found', async () => {
    const [one, two] = [await sealOf(5), await sealOf(6)];
    expect(await found(`DELETE FROM audit_seal WHERE seq IN (${one.seq}, ${two.seq})`)).toEqual([
      ['seal_missing', one.seq, undefined],
    ]);
    expect((await verified()).intact).toBe(true);
  });

  it('changing a hash is told from changing a row', async () => {
    const { seq, id } = await sealOf(8);
    const hash = `sha256('forged')`;
    expect(await found(`UPDATE audit_seal SET hash = ${hash} WHERE seq = ${seq}`)).toContainEqual([
      'seal_changed',
      seq,
      id,
    ]);
  });

  it('swapping two seals is found', async () => {
    const [one, two] = [await sealOf(12), await sealOf(13)];
    const swap = [
      `UPDATE audit_seal SET seq = -1 WHERE seq = ${one.seq}`,
      `UPDATE audit_seal SET seq = ${one.seq} WHERE seq = ${two.seq}`,
      `UPDATE audit_seal SET seq = ${two.seq} WHERE seq = -1`,
    ];
    const faults = (await found(swap)).filter((fault) => !String((fault as unknown[])[0]).startsWith('signature'));
    expect(faults.slice(0, 2)).toEqual([
      ['chain_broken', one.seq, two.id],
      ['seal_moved', two.seq, one.id],
    ]);
  });

  it('cutting the end off is found by the end that the sealer remembers', async () => {
    const { seq } = await sealOf(35);
    const cut = `DELETE FROM audit_seal WHERE seq > ${seq}`;
    expect(await found(cut)).toContainEqual(['seal_missing', seq + 1, undefined]);
    const whole = [cut, `DELETE FROM audit WHERE subject_id > 'id-35' AND subject_id < 'id-4'`];
    const headed = `UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1)`;
    expect(await found([...whole, headed])).toContainEqual(['signature_missing', seq + 1, undefined]);
  });

  it('cutting the end off with its signatures is found by an end that somebody noted', async () => {
    const { head } = await verified();
    const { seq } = await sealOf(35);
    const cut = [
      `DELETE FROM audit WHERE id IN (SELECT audit_id FROM audit_seal WHERE seq > ${seq})`,
      `DELETE FROM audit_seal WHERE seq > ${seq}`,
      `DELETE FROM audit_checkpoint WHERE seq > ${seq}`,
      `UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1)`,
    ];
    const noted = { fromSeq: 1, expected: head };
    expect(await found(cut, noted)).toContainEqual(['expected_head', head.seq, undefined]);
    expect(await found('SELECT 1', noted)).toEqual([]);
  });

  it('a chain computed anew without the master key is found by its signatures', async () => {
    const { seq, id } = await sealOf(20);
    const rebuilt = [
      `UPDATE audit SET actor = 'x' WHERE id = ${id}`,
      `UPDATE audit_seal s SET hash = r.hash FROM (
         SELECT s.seq, audit_chain((SELECT hash FROM audit_seal WHERE seq = ${seq - 1}), audit_text(a)) OVER
           (ORDER BY s.seq ROWS UNBOUNDED PRECEDING) AS hash
         FROM audit_seal s JOIN audit a ON a.id = s.audit_id WHERE s.seq >= ${seq}) r WHERE s.seq = r.seq`,
      `UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1)`,
    ];
    const kindsOf = (faults: unknown[]): unknown[] => [...new Set((faults as unknown[][]).map(([kind]) => kind))];
    expect(kindsOf(await found(rebuilt))).toEqual(['signature_wrong']);
    expect(kindsOf(await found([...rebuilt, `DELETE FROM audit_checkpoint WHERE seq >= ${seq}`]))).toEqual([
      'signature_missing',
    ]);
  });

  it('a row put in between without a seal is found', async () => {
    const { id } = await sealOf(9);
    const forged = `INSERT INTO audit OVERRIDING SYSTEM VALUE
      SELECT 99999999, xid, at - interval '1 hour', actor, actor_type, actor_name, credential, address, request_id, action, outcome
      FROM audit WHERE id = ${id}`;
    expect(await found(forged)).toEqual([['row_unsealed', undefined, '99999999']]);
  });
});

describe('sealing', () => {
  it('what is rolled back leaves neither row nor seal', async () => {
    const { head } = await verified();
    const refused = uow.run(async () => {
      await trail.record({ action: 'test.refused' });
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    await sealAll();
    expect(await uow.query(`SELECT 1 FROM audit WHERE action = 'test.refused'`)).toEqual([]);
    expect((await verified()).head).toEqual(head);
  });

  it('goes on from the end after a dump was restored in a cluster whose transaction ids are lower', async () => {
    // As a restore leaves it: the ids of the former cluster, far ahead of this one's.
    await tamper(`UPDATE audit_head SET xid = '800000000000'`);
    await trail.record({ action: 'test.restored' });
    await sealAll();
    await trail.record({ action: 'test.after' });
    await sealAll();
    const rows = await uow.query<{ action: string }>(
      `SELECT a.action FROM audit_seal s JOIN audit a ON a.id = s.audit_id ORDER BY s.seq DESC LIMIT 2`,
    );
    expect(rows.map(({ action }) => action)).toEqual(['test.after', 'test.restored']);
    expect(await verified()).toMatchObject({ intact: true, unsealed: { rows: 0 } });
  });

  it('waits for whoever may still come before', async () => {
    // One session has no two transactions at a time.
    if (!isNative()) return;
    const { head } = await verified();
    let end = (): void => undefined;
    let entered = (): void => undefined;
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const open = uow.run(async () => {
      await trail.record({ action: 'test.slow' });
      entered();
      await new Promise<void>((resolve) => (end = resolve));
    });
    await inside;
    await trail.record({ action: 'test.quick' });
    await sealer.sealDue();
    expect((await verified()).head).toEqual(head);
    expect(sealer.waitingSeconds()).toBeGreaterThan(0);
    end();
    await open;
    await sealAll();
    expect((await verified()).head.seq).toBe(head.seq + 2);
  });
});
