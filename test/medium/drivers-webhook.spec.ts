import { createHmac } from 'node:crypto';
import { Drivers } from '../../src/entries/kind/drivers.js';
import { EntryRepository } from '../../src/entries/entry.repository.js';
import type { Answer, Json } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { FakeController } from '../support/fake-controller.js';
import type { ControllerCall } from '../support/fake-controller.js';
import { eventually } from '../support/processes.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const PATH = '/api/v1/services';
const ENV = {
  OUTBOUND_ALLOWED_HOSTS: '127.0.0.1',
  RATE_LIMIT_DEFAULT: 'off',
  // On a server of the operator's none is made.
  REGISTRY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
};

describe('the webhook driver', () => {
  let service: TestApp;
  let controller: FakeController;
  let place: TestPlace;
  let made = 0;

  beforeAll(async () => {
    controller = await FakeController.start();
    place = await testPlace();
    service = await testApp({ env: ENV, place });
  });
  beforeEach(() => {
    controller.answer = () => ({ status: 204 });
  });
  afterAll(async () => {
    await service.close();
    await controller.close();
    await place.drop();
  });

  const register = async (driver: object = {}, more: object = {}): Promise<string> => {
    const body = { name: `driven-${++made}`, driver: { type: 'webhook', url: controller.url, ...driver }, ...more };
    const answer = await service.api.post(PATH, body);
    expect(answer.status).toBe(201);
    return answer.body.id as string;
  };
  const state = async (id: string): Promise<string> => (await service.api.get(`${PATH}/${id}`)).body.status as string;
  const operation = async (id: string, oid: string): Promise<Json> =>
    (await service.api.get(`${PATH}/${id}/operations/${oid}`)).body;
  const reaches = (id: string, wanted: string): Promise<void> =>
    eventually(`${id} is ${wanted}`, async () => (await state(id)) === wanted);
  const report = (id: string, oid: string, body: object): Promise<Answer> =>
    service.api.post(`${PATH}/${id}/operations/${oid}/report`, body);
  const events = async (id: string): Promise<{ type: string; actor: string; payload: Json }[]> =>
    service.uow.query(
      `SELECT v.type, v.actor, v.payload FROM event v JOIN entry e ON e.id = v.entry_id WHERE e.uid = $1
       AND v.type NOT LIKE 'entity_%' ORDER BY v.xid, v.id`,
      [id],
    );
  const later = (): void => {
    controller.answer = () => ({ status: 202 });
  };

  it('is asked after the commit, and its success is the state that follows', async () => {
    const id = await register();
    const answer = await service.api.post(`${PATH}/${id}/install`);
    expect(answer.status).toBe(202);
    const { operation: begun, ...resource } = answer.body;
    expect(resource).toMatchObject({ id, status: 'created' });
    expect(begun).toMatchObject({ verb: 'install', from: 'created', to: 'installed', state: 'pending' });
    expect(answer.headers.get('location')).toBe(`${PATH}/${id}/operations/${begun.id}`);
    await reaches(id, 'installed');
    const [call] = controller.of(begun.id as string);
    expect(call.body).toMatchObject({ verb: 'install', from: 'created', to: 'installed', entity: { id } });
    expect(call.headers).toMatchObject({ 'idempotency-key': begun.id, 'webhook-id': begun.id });
    expect(await operation(id, begun.id as string)).toMatchObject({ state: 'succeeded', attempts: 1 });
    const told = await events(id);
    expect(told.map(({ type }) => type)).toEqual(['transition_requested', 'transition']);
    expect(told[1]).toMatchObject({
      actor: 'system',
      payload: { from: 'created', to: 'installed', operation: { id: begun.id, state: 'succeeded' } },
    });
  });

  it('promises a report, which ends the operation once', async () => {
    later();
    const id = await register();
    const { id: oid } = (await service.api.post(`${PATH}/${id}/install`)).body.operation;
    await eventually('it is taken up', async () => (await operation(id, oid as string)).state === 'running');
    const refused = await service.api.post(`${PATH}/${id}/install`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'driver.operation_pending', operation: { id: oid } } });
    // Which the state would not allow either: that something is under way comes first.
    expect((await service.api.post(`${PATH}/${id}/stop`)).body.code).toBe('driver.operation_pending');
    const answers = await Promise.all([
      report(id, oid as string, { status: 'succeeded' }),
      report(id, oid as string, { status: 'failed', message: 'no' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const [lost] = answers.filter(({ status }) => status === 409);
    expect(lost.body).toMatchObject({ code: 'driver.operation_ended', operation: { id: oid } });
    const { state: end } = await operation(id, oid as string);
    expect(await state(id)).toBe(end === 'succeeded' ? 'installed' : 'failed');
    expect((await events(id)).map(({ type }) => type)).toEqual(['transition_requested', 'transition']);
  });

  it('that refuses leaves the entry failed, with its reason', async () => {
    controller.answer = () => ({ status: 422, body: { detail: 'no such image' } });
    const id = await register();
    const { id: oid } = (await service.api.post(`${PATH}/${id}/install`)).body.operation;
    await reaches(id, 'failed');
    const message = 'The controller answered 422: no such image';
    expect(await operation(id, oid as string)).toMatchObject({ state: 'failed', message, attempts: 1 });
    expect((await events(id)).at(-1)).toMatchObject({ type: 'transition', payload: { to: 'failed', reason: message } });
    // And it may be tried again.
    controller.answer = () => ({ status: 200, body: { status: 'succeeded' } });
    expect((await service.api.post(`${PATH}/${id}/install`)).status).toBe(202);
    await reaches(id, 'installed');
  });

  it('that fails for a moment is asked the same again, under the same key', async () => {
    controller.answer = ({ body }: ControllerCall) => ({
      status: controller.of(body.operation).length < 2 ? 503 : 204,
    });
    const id = await register();
    const { id: oid } = (await service.api.post(`${PATH}/${id}/install`)).body.operation;
    await reaches(id, 'installed');
    const calls = controller.of(oid as string);
    expect(calls.length).toBe(2);
    expect(new Set(calls.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('that never reports has failed when its time is over, also when it could not be reached', async () => {
    later();
    const [silent, unreachable] = [
      await register({ timeout_seconds: 1 }),
      await register({ timeout_seconds: 1, url: 'http://127.0.0.1:1/' }),
    ];
    const begun: Json[] = [];
    for (const id of [silent, unreachable])
      begun.push((await service.api.post(`${PATH}/${id}/install`)).body.operation);
    await reaches(silent, 'failed');
    await reaches(unreachable, 'failed');
    expect((await operation(silent, begun[0].id as string)).message).toBe('It has not ended within 1 s.');
    expect((await operation(unreachable, begun[1].id as string)).message).toMatch(
      /^It has not ended within 1 s\. Last: /,
    );
    const answer = await report(silent, begun[0].id as string, { status: 'succeeded' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'driver.operation_ended' } });
    expect(await state(silent)).toBe('failed');
    expect((await events(silent)).filter(({ type }) => type === 'transition').length).toBe(1);
  });

  it('may not reach what calls to the outside may not', async () => {
    const id = await register({ url: 'http://169.254.169.254/latest/meta-data' });
    const { id: oid } = (await service.api.post(`${PATH}/${id}/install`)).body.operation;
    await reaches(id, 'failed');
    expect((await operation(id, oid as string)).message).toContain('may not reach');
  });

  it('is asked with signatures that the shown secret proves, the former one too for a day', async () => {
    const id = await register();
    const first = await service.api.post(`${PATH}/${id}/driver/secret`);
    expect(first.status).toBe(201);
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.body).toEqual({ secret: expect.stringMatching(/^whsec_/), former_expires_at: null });
    const second = await service.api.post(`${PATH}/${id}/driver/secret`);
    expect(second.body.former_expires_at).not.toBeNull();
    const { id: oid } = (await service.api.post(`${PATH}/${id}/install`)).body.operation;
    await reaches(id, 'installed');
    const [{ headers, text }] = controller.of(oid as string);
    const proof = (secret: string): string =>
      `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
        .update(`${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${text}`)
        .digest('base64')}`;
    expect(headers['webhook-signature']).toBe(
      [second, first].map(({ body }) => proof(body.secret as string)).join(' '),
    );
    const stored = await service.uow.query<{ sealed: string }>('SELECT sealed FROM driver_secret');
    for (const { sealed } of stored) expect(sealed).toMatch(/^enc:v1:/);
    expect(JSON.stringify(await events(id))).not.toContain('whsec_');
  });

  it('leaves what was decided meanwhile: a disabled service does not run because its start came late', async () => {
    later();
    const id = await register();
    const { id: oid } = (await service.api.post(`${PATH}/${id}/install`)).body.operation;
    expect((await service.api.post(`${PATH}/${id}/disable`)).status).toBe(200);
    expect((await report(id, oid as string, { status: 'succeeded' })).status).toBe(200);
    expect(await state(id)).toBe('disabled');
    expect((await events(id)).map(({ type }) => type)).toEqual([
      'transition_requested',
      'transition',
      'operation_succeeded',
    ]);
  });

  it('scales without a change of state, and tells the number when that is done', async () => {
    later();
    const body = { name: 'scaled', driver: { type: 'webhook', url: controller.url } };
    const { id } = (await service.api.post('/api/v1/engines', body)).body;
    const scaled = await service.uow.run(async () => {
      const [{ id: inside }] = await service.uow.query<{ id: string }>('SELECT id FROM entry WHERE uid = $1', [id]);
      const row = await service.app.get(EntryRepository).lock(inside);
      return service.app.get(Drivers).scale(row!, 5);
    });
    expect(scaled).toMatchObject({ state: 'pending' });
    const { operationId: oid } = scaled as { operationId: string };
    await eventually('it was asked', () => controller.of(oid).length > 0);
    expect(controller.of(oid)[0].body).toMatchObject({ verb: 'scale', capacity: 5 });
    const path = `/api/v1/engines/scaled/operations/${oid}/report`;
    expect((await service.api.post(path, { status: 'succeeded' })).status).toBe(200);
    const told = await events(id as string);
    expect(told.map(({ type }) => type)).toEqual(['scale_requested', 'scale_completed']);
    expect(told[1].payload).toMatchObject({ capacity: 5, entity: { status: 'created' } });
  });

  it('says what it would do on a dry run, and begins nothing', async () => {
    const id = await register();
    const before = controller.calls.length;
    const answer = await service.api.post(`${PATH}/${id}/install?dry_run=true`);
    expect(answer).toMatchObject({ status: 200, body: { verb: 'install', to: 'installed', dry_run: true } });
    expect((await service.api.get(`${PATH}/${id}/operations`)).body).toEqual([]);
    expect(controller.calls.length).toBe(before);
  });

  it('lists operations newest first, page by page, and knows no others', async () => {
    const id = await register();
    for (const [verb, wanted] of [
      ['install', 'installed'],
      ['start', 'running'],
      ['stop', 'stopped'],
    ]) {
      await service.api.post(`${PATH}/${id}/${verb}`);
      await reaches(id, wanted);
    }
    const page = await service.api.get(`${PATH}/${id}/operations?limit=2&count=exact`);
    expect(page.body.map(({ verb }: Json) => verb as string)).toEqual(['stop', 'start']);
    expect(page.headers.get('x-total-count')).toBe('3');
    const next = /<([^>]+)>/.exec(page.headers.get('link') ?? '')![1];
    expect((await service.api.get(next)).body).toMatchObject([{ verb: 'install', state: 'succeeded' }]);
    for (const oid of ['nonsense', '0192f7c1-8c1a-7d3e-9b1f-2f6f2d1c0a55'])
      expect((await service.api.get(`${PATH}/${id}/operations/${oid}`)).body.code).toBe('operation.not_found');
    const other = await register();
    const [{ id: oid }] = page.body;
    expect((await service.api.get(`${PATH}/${other}/operations/${oid}`)).status).toBe(404);
    expect((await report(id, oid as string, { status: 'done' })).body.errors).toMatchObject([{ field: 'status' }]);
  });

  it.each([
    [{ type: 'webhook' }, 'driver.type'],
    [{ type: 'webhook', url: 'ftp://somewhere/' }, 'driver.url'],
    [{ type: 'webhook', url: 'https://user:word@somewhere/' }, 'driver.url'],
    [{ type: 'kubernetes', namespace: '../kube-system' }, 'driver.namespace'],
    [{ type: 'kubernetes', workload_name: 'A/B' }, 'driver.workload_name'],
    [{ type: 'kubernetes', workload: 'pod' }, 'driver.workload'],
  ])('refuses the settings %j by their field', async (driver, field) => {
    const answer = await service.api.post(PATH, { name: 'wrong', driver });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((one: Json) => one.field as string)).toEqual([field]);
  });

  it('keeps what was acknowledged over a crash between the commit and the call', async () => {
    // A process that only answers takes nothing up: as one that died right after its commit.
    const front = await testApp({ env: { ...ENV, ROLE: 'api' }, place: await testPlace() });
    try {
      const driver = { type: 'webhook', url: controller.url };
      const { id } = (await front.api.post(PATH, { name: 'survivor', driver })).body;
      const answer = await front.api.post(`${PATH}/${id}/install`);
      expect(answer.status).toBe(202);
      const { id: oid } = answer.body.operation;
      await front.uow.query(
        `UPDATE operation SET locked_until = clock_timestamp() + interval '1 second', attempts = 1 WHERE id = $1`,
        [oid],
      );
      await front.app.close();
      expect(controller.of(oid as string)).toEqual([]);
      const back = await testApp({ env: ENV, place: front.place });
      try {
        await eventually('it is installed', async () => {
          const [row] = await back.uow.query<{ status: string }>('SELECT status FROM entry WHERE uid = $1', [id]);
          return row.status === 'installed';
        });
        expect(controller.of(oid as string).length).toBe(1);
        const [ended] = await back.uow.query('SELECT state, attempts FROM operation WHERE id = $1', [oid]);
        expect(ended).toEqual({ state: 'succeeded', attempts: 2 });
      } finally {
        await back.close();
      }
    } finally {
      await front.place.drop();
    }
  });
});
