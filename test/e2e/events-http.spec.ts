import { ShutdownState } from '../../src/platform/http/shutdown-state.js';
import type { Message } from '../support/event-followers.js';
import { eventually } from '../support/processes.js';
import { EVENTS, EventsFixture } from './events-fixture.js';

describe('following events over HTTP', () => {
  let events: EventsFixture;

  beforeAll(async () => {
    events = await EventsFixture.start();
  });
  afterEach(() => events.cutAll());
  afterAll(() => events.close());

  describe('as server-sent events', () => {
    it('a change arrives with its number as id and its type as event', async () => {
      const follower = await events.stream();
      expect(follower.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(follower.response.headers.get('cache-control')).toContain('no-transform');
      const { id } = await events.create();
      await eventually('it came', () => follower.got.length === 1);
      expect(follower.got[0]).toMatchObject({
        event: 'entity_created',
        data: { type: 'entity_created', entity: { id } },
      });
      expect(follower.got[0].id).toBe(String(follower.got[0].data.seq));
      expect(follower.text).toMatch(/^retry: 2000\n\n/);
    });

    it('resumes from Last-Event-ID before since', async () => {
      const before = await events.head();
      const one = await events.create();
      const two = await events.create('plugin');
      await events.head();
      // Others may come between: what follows from earlier changes.
      const { body } = await events.poll(`?since=${before}`);
      const seqOf = ({ id }: Message): number =>
        (body as Message[]).find(({ entity }) => entity?.id === id)?.seq as number;
      const last = await events.stream(`?since=${before}`, { 'last-event-id': String(seqOf(one)) });
      await eventually('the second', () => last.seqs.includes(seqOf(two)));
      expect(Math.min(...last.seqs)).toBeGreaterThan(seqOf(one));
      const since = await events.stream(`?since=${before}&entity_types=plugin&types=entity_*`);
      await eventually('the second', () => since.got.length > 0);
      expect(since.seqs[0]).toBe(seqOf(two));
    });

    it('is refused as a problem document where the position or a name is wrong', async () => {
      for (const [query, headers, field] of [
        ['?since=x', {}, 'since'],
        ['?since=999999999', {}, 'since'],
        ['?types=%25', {}, 'types'],
        ['', { 'last-event-id': 'abc' }, 'Last-Event-ID'],
      ] as const) {
        const { response } = await events.stream(query, headers);
        expect([response.status, response.headers.get('content-type')]).toEqual([
          400,
          expect.stringContaining('problem+json'),
        ]);
        expect((await response.json()) as Message).toMatchObject({
          errors: expect.arrayContaining([expect.objectContaining({ field })]),
        });
      }
      expect((await events.stream('', {}, 'nobody')).response.status).toBe(401);
    });
  });

  describe('by poll', () => {
    const next = (answer: { headers: Headers }): string =>
      /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')![1];

    it('pages through everything by its links, and the last one is empty and can be asked again', async () => {
      for (let n = 0; n < 5; n++) await events.create();
      const newest = await events.head();
      const seqs: number[] = [];
      let path = `${EVENTS}?limit=4`;
      for (;;) {
        const answer = await events.api.as(events.reader.key).get(path);
        expect(answer.status).toBe(200);
        seqs.push(...(answer.body as Message[]).map(({ seq }) => seq as number));
        path = next(answer);
        if (answer.body.length === 0) break;
      }
      expect(seqs).toEqual(Array.from({ length: newest }, (_, n) => n + 1));
      expect(path).toBe(`${EVENTS}?limit=4&since=${newest}`);
    });

    it('moves on past what its filter leaves out', async () => {
      await events.create();
      const newest = await events.head();
      const answer = await events.poll('?types=nothing_like_it&since=0');
      expect(answer).toMatchObject({ status: 200, body: [] });
      expect(answer.headers.get('x-next-since')).toBe(String(newest));
      expect(next(answer)).toContain(`since=${newest}`);
    });

    it('waits for the next event when asked to, and no longer than asked', async () => {
      const since = await events.head();
      const waiting = events.poll(`?since=${since}&wait=20`);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { id } = await events.create();
      expect((await waiting).body).toMatchObject([{ seq: since + 1, entity: { id } }]);
      const started = performance.now();
      expect((await events.poll(`?since=${since + 1}&wait=1`)).body).toEqual([]);
      expect(performance.now() - started).toBeGreaterThan(900);
      expect(performance.now() - started).toBeLessThan(4500);
      expect((await events.poll(`?since=${since + 1}`)).body).toEqual([]);
    });

    it.each([
      'since=-1',
      'since=1.5',
      'since=x',
      'since=99999999999999999999',
      'limit=0',
      'limit=1001',
      'wait=31',
      'wait=x',
      'types=A',
      'entity_types=A',
      'nonsense=1',
    ])('refuses ?%s, naming it', async (query) => {
      const answer = await events.poll(`?${query}`);
      expect(answer.status).toBe(400);
      expect((answer.body as { errors: { field: string }[] }).errors[0].field).toBe(query.split('=')[0]);
    });

    it('answers 410 with the oldest number to a position that is no longer kept', async () => {
      await events.create();
      const newest = await events.head();
      const [{ floor }] = await events.app.uow.query<{ floor: string }>('SELECT floor FROM event_sequence');
      await events.app.uow.query('UPDATE event_sequence SET floor = $1', [newest - 1]);
      try {
        expect(await events.poll('?since=0')).toMatchObject({
          status: 410,
          body: { code: 'events.cursor_too_old', oldest_seq: newest },
        });
        expect((await events.poll('')).body).toHaveLength(1);
        const socket = await events.connect(events.reader.key);
        socket.say({ type: 'subscribe', since: 0 });
        expect(await socket.next('error')).toMatchObject({ code: 'events.cursor_too_old', oldest_seq: newest });
        await eventually('closed', () => socket.closed !== undefined);
        expect(socket.closed).toEqual({ code: 4410, reason: 'events.cursor_too_old' });
      } finally {
        await events.app.uow.query('UPDATE event_sequence SET floor = $1', [floor]);
      }
    });

    it('needs the permission to read events', async () => {
      const unable = await events.makeKey(['read:entities']);
      expect(await events.api.as(unable.key).get(EVENTS)).toMatchObject({
        status: 403,
        body: { missing: 'read:events' },
      });
    });
  });

  it('shows how the stream is doing', async () => {
    const follower = await events.follow();
    const metrics = (await events.api.get('/metrics')).body as string;
    expect(metrics).toMatch(/^outbox_unsequenced_age_seconds \d/m);
    expect(metrics).toMatch(new RegExp(`^event_seq ${await events.head()}$`, 'm'));
    expect(metrics).toMatch(/^event_connections\{transport="websocket"\} 1$/m);
    follower.cut();
  });

  it('lets everyone go when the service stops, saying when to come back', async () => {
    const socket = await events.follow();
    const streamed = await events.stream();
    const poll = events.api.as(events.reader.key).get(`${EVENTS}?since=${await events.head()}&wait=30`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await events.app.app.get(ShutdownState).release();
    expect(await socket.next('reconnect')).toEqual({ type: 'reconnect', after_ms: expect.any(Number) });
    await eventually('both ended', () => socket.closed !== undefined && streamed.ended);
    expect(socket.closed?.code).toBe(1012);
    expect(await poll).toMatchObject({ status: 200, body: [] });
  });
});
