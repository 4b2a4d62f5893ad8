import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { FACTS, PLUGINS, act, dependenciesOf, registered, statusOf } from './plugin-fixture.js';

describe('plugin resolution', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const plan = (key: string, query = '') => app.api.get(`${PLUGINS}/${key}/resolution${query}`);

  it('shows the newest versions that satisfy every constraint, who asks, and in which order they go', async () => {
    for (const version of ['1.9.0', '2.0.0', '2.10.0', '2.9.0', '3.0.0', '2.11.0-rc.1'])
      await registered(app.api, 'tensorflow', version, ['runtime']);
    await registered(app.api, 'runtime', '1.0.0');
    await registered(app.api, 'reader', '1.0.0', ['tensorflow<2.10']);
    await registered(app.api, 'score', '1.0.0', ['tensorflow>=2.0.0,<3.0.0', 'reader@^1']);
    expect(await plan('score')).toMatchObject({
      status: 200,
      body: {
        plugin: 'plugin_score@1.0.0',
        order: ['plugin_runtime@1.0.0', 'plugin_tensorflow@2.9.0', 'plugin_reader@1.0.0', 'plugin_score@1.0.0'],
        system: [],
        host: null,
        warnings: [],
      },
    });
    const { body } = await plan('score');
    expect(body.plan[1]).toMatchObject({
      key: 'plugin_tensorflow@2.9.0',
      status: 'registered',
      action: 'install',
      requested_by: [
        { by: 'plugin_score@1.0.0', constraint: 'tensorflow>=2.0.0,<3.0.0' },
        { by: 'plugin_reader@1.0.0', constraint: 'tensorflow<2.10' },
      ],
    });
  });

  it('names a minimal chain where nothing satisfies all, and a circle', async () => {
    await registered(app.api, 'base', '1.0.0');
    await registered(app.api, 'base', '2.0.0');
    await registered(app.api, 'left', '1.0.0', ['base@^1']);
    await registered(app.api, 'right', '1.0.0', ['base@^2', 'runtime']);
    await registered(app.api, 'torn', '1.0.0', ['runtime', 'left', 'right']);
    for (const answer of [await plan('torn'), await act(app.api, 'torn', 'install')]) {
      expect(answer).toMatchObject({ status: 422, body: { code: 'plugin.dependency_unsatisfied' } });
      expect(answer.body.chain).toEqual([
        { by: 'plugin_torn@1.0.0', constraint: 'left', available: ['1.0.0'] },
        { by: 'plugin_torn@1.0.0', constraint: 'right', available: ['1.0.0'] },
        { by: 'plugin_left@1.0.0', constraint: 'base@^1', available: ['2.0.0', '1.0.0'] },
        { by: 'plugin_right@1.0.0', constraint: 'base@^2', available: ['2.0.0', '1.0.0'] },
      ]);
      expect(answer.body.detail).toContain('plugin_left@1.0.0 asks for base@^1 (there is 2.0.0, 1.0.0)');
    }
    await registered(app.api, 'lonely', '1.0.0', ['nobody>=1']);
    expect((await plan('lonely')).body.chain).toEqual([
      { by: 'plugin_lonely@1.0.0', constraint: 'nobody>=1', available: [] },
    ]);
    await registered(app.api, 'hen', '1.0.0', ['egg']);
    await registered(app.api, 'egg', '1.0.0', ['hen']);
    expect(await act(app.api, 'hen', 'install')).toMatchObject({
      status: 422,
      body: {
        code: 'plugin.dependency_cycle',
        chain: ['plugin_hen@1.0.0', 'plugin_egg@1.0.0', 'plugin_hen@1.0.0'],
      },
    });
    expect([await statusOf(app.api, 'hen'), await statusOf(app.api, 'torn')]).toEqual(['registered', 'registered']);
  });

  it('installs what is missing in order, in one transaction, and relates it', async () => {
    const answer = await act(app.api, 'score', 'install');
    expect(answer).toMatchObject({ status: 200, body: { status: 'installed' } });
    expect(await statusOf(app.api, 'plugin_tensorflow@2.9.0')).toBe('installed');
    expect(await statusOf(app.api, 'plugin_tensorflow@3.0.0')).toBe('registered');
    expect(await dependenciesOf(app.api, 'plugin_score@1.0.0')).toEqual([
      'plugin_reader@1.0.0',
      'plugin_tensorflow@2.9.0',
    ]);
    expect(await dependenciesOf(app.api, 'plugin_tensorflow@2.9.0')).toEqual(['plugin_runtime@1.0.0']);
    const events = await app.uow.query<{ key: string }>(
      `SELECT payload #>> '{entity,key}' AS key FROM event WHERE type = 'transition' AND payload ->> 'verb' = 'install'
       ORDER BY id`,
    );
    expect(events.map(({ key }) => key)).toEqual([
      'plugin_runtime@1.0.0',
      'plugin_tensorflow@2.9.0',
      'plugin_reader@1.0.0',
      'plugin_score@1.0.0',
    ]);
  });

  it('keeps what is installed with what it was installed with', async () => {
    await registered(app.api, 'runtime', '1.1.0');
    expect((await plan('score')).body.order).toEqual([
      'plugin_runtime@1.0.0',
      'plugin_tensorflow@2.9.0',
      'plugin_reader@1.0.0',
      'plugin_score@1.0.0',
    ]);
    await registered(app.api, 'fresh', '1.0.0', ['runtime']);
    expect((await plan('fresh')).body.order).toEqual(['plugin_runtime@1.1.0', 'plugin_fresh@1.0.0']);
    expect(await app.api.patch(`${PLUGINS}/score`, { dependencies: { plugins: ['runtime@1.1.0'] } })).toMatchObject({
      status: 409,
      body: { code: 'plugin.installed' },
    });
    expect((await app.api.patch(`${PLUGINS}/score`, { description: 'Scores.' })).status).toBe(200);
  });

  it('takes a deprecated version only where no other will do, and warns', async () => {
    await registered(app.api, 'store', '1.0.0');
    await registered(app.api, 'store', '2.0.0');
    const deprecated = await act(app.api, 'plugin_store@1.0.0', 'deprecate', { successor: 'store@2.0.0' });
    expect(deprecated.body).toMatchObject({ status: 'deprecated', successor: 'plugin_store@2.0.0' });
    expect((await app.api.get(`${PLUGINS}/plugin_store@1.0.0`)).body).toEqual(deprecated.body);
    expect(deprecated.headers.get('etag')).toBe(`"${deprecated.body.revision}"`);
    await registered(app.api, 'any-store', '1.0.0', ['store']);
    await registered(app.api, 'old-store', '1.0.0', ['store@1']);
    expect((await plan('any-store')).body).toMatchObject({
      order: ['plugin_store@2.0.0', 'plugin_any-store@1.0.0'],
      warnings: [],
    });
    expect((await plan('old-store')).body).toMatchObject({
      order: ['plugin_store@1.0.0', 'plugin_old-store@1.0.0'],
      warnings: ['plugin_store@1.0.0 is deprecated; plugin_store@2.0.0 takes its place.'],
    });
    const refused = (successor: unknown) => act(app.api, 'plugin_store@2.0.0', 'deprecate', { successor });
    expect(await refused('nobody')).toMatchObject({ status: 422, body: { code: 'plugin.successor_unknown' } });
    expect(await refused('store@2.0.0')).toMatchObject({ status: 422, body: { code: 'plugin.successor_itself' } });
    expect(await refused(7)).toMatchObject({ status: 400, body: { errors: [{ field: 'successor' }] } });
    expect(await statusOf(app.api, 'plugin_store@2.0.0')).toBe('registered');
  });

  it('holds system requirements against what hosts report', async () => {
    await registered(app.api, 'needy', '1.0.0', [], {
      dependencies: { plugins: ['gpu-lib'], system: ['python>=3.10'] },
    });
    await registered(app.api, 'gpu-lib', '1.0.0', [], { dependencies: { system: ['cuda ~12.1', 'docker'] } });
    expect((await plan('needy')).body).toMatchObject({
      host: null,
      system: [
        { requirement: 'python>=3.10', requested_by: ['plugin_needy@1.0.0'], found: null, met: null },
        { requirement: 'cuda ~12.1', requested_by: ['plugin_gpu-lib@1.0.0'], met: null },
        { requirement: 'docker', met: null },
      ],
      warnings: ['No host has reported its facts: whether the system requirements are met is not known.'],
    });
    expect((await act(app.api, 'needy', 'install', undefined, '?dry_run=true')).status).toBe(200);
    const report = (host: string, facts: object) => app.api.put(FACTS, { host, facts });
    expect(await report('Old-1', { python: '3.9.2', docker: true })).toMatchObject({
      status: 200,
      body: { host: 'old-1', facts: { python: '3.9.2', docker: true } },
    });
    expect(await act(app.api, 'needy', 'install')).toMatchObject({
      status: 422,
      body: {
        code: 'plugin.system_unsatisfied',
        host: 'old-1',
        missing: [
          { requirement: 'python>=3.10', requested_by: ['plugin_needy@1.0.0'], found: '3.9.2' },
          { requirement: 'cuda ~12.1', found: null },
        ],
      },
    });
    await report('gpu-1', { python: '3.11.2', docker: '24.0.7', cuda: 12.1 });
    expect((await plan('needy')).body).toMatchObject({ host: 'gpu-1', warnings: [] });
    expect((await plan('needy', '?host=old-1')).body.system[0]).toMatchObject({ found: '3.9.2', met: false });
    expect(await plan('needy', '?host=nobody')).toMatchObject({ status: 422, body: { code: 'system.host_unknown' } });
    expect((await act(app.api, 'needy', 'install', { host: 'old-1' })).status).toBe(422);
    expect(await act(app.api, 'needy', 'install', { hots: 'gpu-1' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'hots' }] },
    });
    expect((await act(app.api, 'needy', 'install', { host: 'gpu-1' })).status).toBe(200);
    expect((await app.api.get(FACTS)).body.map(({ host }: { host: string }) => host)).toEqual(['gpu-1', 'old-1']);
    expect((await app.api.delete(`${FACTS}/old-1`)).status).toBe(204);
    expect((await app.api.delete(`${FACTS}/old-1`)).status).toBe(404);
    for (const facts of [{ python: null }, { python: {} }, { 'No name': '1' }, [], { python: 'x'.repeat(129) }, 'x'])
      expect(await app.api.put(FACTS, { host: 'h', facts })).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'facts' }] },
      });
    expect((await app.api.put(FACTS, { facts: {} })).body.errors).toMatchObject([{ field: 'host' }]);
  });
});
