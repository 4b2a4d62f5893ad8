import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { PLUGINS, act, dependenciesOf, registered, statusOf } from './plugin-fixture.js';

describe('plugin lifecycles', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
    // top → middle → bottom, and side → bottom
    await registered(app.api, 'bottom', '1.0.0');
    await registered(app.api, 'middle', '1.0.0', ['bottom']);
    await registered(app.api, 'top', '1.0.0', ['middle', 'bottom']);
    await registered(app.api, 'side', '1.0.0', ['bottom']);
  });
  afterAll(() => app.close());

  const states = async (): Promise<string> => {
    const all = await Promise.all(['bottom', 'middle', 'top', 'side'].map((name) => statusOf(app.api, name)));
    return all.join(' ');
  };

  it('activate only when what they need is active, or along with it', async () => {
    await act(app.api, 'top', 'install');
    await act(app.api, 'side', 'install');
    expect(await act(app.api, 'top', 'activate')).toMatchObject({
      status: 409,
      body: {
        code: 'plugin.dependencies_inactive',
        dependencies: ['plugin_bottom@1.0.0', 'plugin_middle@1.0.0'],
      },
    });
    expect(await states()).toBe('installed installed installed installed');
    expect(await act(app.api, 'top', 'activate', undefined, '?cascade=true')).toMatchObject({
      status: 200,
      body: { status: 'active' },
    });
    expect((await act(app.api, 'side', 'enable')).body.status).toBe('active');
    expect(await states()).toBe('active active active active');
  });

  it('deactivate only when nothing active uses them, or along with it', async () => {
    expect(await act(app.api, 'bottom', 'deactivate')).toMatchObject({
      status: 409,
      body: { code: 'plugin.in_use', count: 3 },
    });
    expect((await act(app.api, 'middle', 'disable')).body.dependents).toEqual(['plugin_top@1.0.0']);
    expect(await states()).toBe('active active active active');
    expect((await act(app.api, 'bottom', 'deactivate', undefined, '?cascade=true&dry_run=true')).status).toBe(200);
    expect(await states()).toBe('active active active active');
    expect((await act(app.api, 'bottom', 'deactivate', undefined, '?cascade=true')).status).toBe(200);
    expect(await states()).toBe('inactive inactive inactive inactive');
    const order = await app.uow.query<{ key: string }>(
      `SELECT payload #>> '{entity,name}' AS key FROM event WHERE type = 'transition' AND payload ->> 'verb' = 'deactivate'
       ORDER BY id`,
    );
    const names = order.map(({ key }) => key);
    expect(names.at(-1)).toBe('bottom');
    expect(names.indexOf('top')).toBeLessThan(names.indexOf('middle'));
  });

  it('uninstall only when nothing installed uses them, or along with it', async () => {
    expect(await act(app.api, 'bottom', 'uninstall')).toMatchObject({ status: 409, body: { code: 'plugin.in_use' } });
    expect(await dependenciesOf(app.api, 'plugin_top@1.0.0')).toEqual(['plugin_bottom@1.0.0', 'plugin_middle@1.0.0']);
    await act(app.api, 'side', 'uninstall');
    expect(await dependenciesOf(app.api, 'plugin_side@1.0.0')).toEqual([]);
    await act(app.api, 'top', 'activate', undefined, '?cascade=true');
    await act(app.api, 'top', 'deactivate');
    await act(app.api, 'middle', 'deactivate');
    await act(app.api, 'bottom', 'deactivate');
    expect((await act(app.api, 'bottom', 'uninstall', undefined, '?cascade=true')).status).toBe(200);
    expect(await states()).toBe('registered registered registered registered');
    expect(await dependenciesOf(app.api, 'plugin_top@1.0.0')).toEqual([]);
  });

  it('are not removed while others depend on them', async () => {
    await act(app.api, 'side', 'install');
    expect(await app.api.delete(`${PLUGINS}/bottom`)).toMatchObject({ status: 409, body: { code: 'entity.in_use' } });
  });

  it('do not activate what was never resolved here', async () => {
    await app.api.post('/api/v1/entities', {
      type: 'plugin',
      name: 'stranger',
      version: '1.0.0',
      status: 'installed',
      spec: { dependencies: { plugins: ['bottom>=1'] } },
    });
    expect(await act(app.api, 'stranger', 'activate', undefined, '?cascade=true')).toMatchObject({
      status: 409,
      body: { code: 'plugin.dependencies_inactive', dependencies: ['bottom>=1'] },
    });
  });

  it('end where plugins were related in a circle by hand', async () => {
    await registered(app.api, 'round', '1.0.0');
    await registered(app.api, 'about', '1.0.0', ['round']);
    await act(app.api, 'about', 'install');
    await app.api.post('/api/v1/relationships', {
      source_id: 'plugin_round@1.0.0',
      target_id: 'plugin_about@1.0.0',
      type: 'depends_on',
    });
    expect(await act(app.api, 'about', 'activate', undefined, '?cascade=true')).toMatchObject({
      status: 422,
      body: { code: 'plugin.dependency_cycle' },
    });
    expect((await act(app.api, 'about', 'uninstall', undefined, '?cascade=true')).status).toBe(200);
    expect(await statusOf(app.api, 'round')).toBe('registered');
  });

  it('keep what a deprecated plugin serves', async () => {
    await registered(app.api, 'old', '1.0.0');
    await registered(app.api, 'user', '1.0.0', ['old']);
    await act(app.api, 'user', 'install');
    await act(app.api, 'old', 'activate');
    expect((await act(app.api, 'old', 'deprecate')).body).toMatchObject({ status: 'deprecated', successor: null });
    expect((await act(app.api, 'user', 'activate')).status).toBe(200);
    expect((await act(app.api, 'old', 'uninstall')).status).toBe(409);
    expect((await act(app.api, 'old', 'uninstall', undefined, '?cascade=true')).status).toBe(200);
    expect(await statusOf(app.api, 'user')).toBe('registered');
  });

  it('let one of two writers win', async () => {
    await registered(app.api, 'raced', '1.0.0', ['bottom']);
    for (const verb of ['install', 'activate', 'deactivate']) {
      const needs = verb === 'activate' ? '?cascade=true' : '';
      const answers = await Promise.all([1, 2, 3].map(() => act(app.api, 'raced', verb, undefined, needs)));
      expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
      expect(answers.find(({ status }) => status === 409)!.body.code).toBe('lifecycle.not_allowed');
    }
    await act(app.api, 'raced', 'activate');
    // Whichever comes first: what is active has its dependencies active.
    await act(app.api, 'raced', 'deactivate');
    await Promise.all([act(app.api, 'raced', 'activate'), act(app.api, 'bottom', 'deactivate')]);
    const after = [await statusOf(app.api, 'raced'), await statusOf(app.api, 'bottom')];
    expect([
      ['active', 'active'],
      ['inactive', 'inactive'],
    ]).toContainEqual(after);
  });

  it('install a shared dependency once when two installs race', async () => {
    await registered(app.api, 'shared', '1.0.0');
    const names = ['one', 'two', 'three', 'four'];
    for (const name of names) await registered(app.api, name, '1.0.0', ['shared', 'bottom']);
    const answers = await Promise.all(names.map((name) => act(app.api, name, 'install')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const [{ n }] = await app.uow.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM event WHERE type = 'transition' AND payload #>> '{entity,name}' = 'shared'`,
    );
    expect(n).toBe(1);
  });

  it('do not name or move what the caller may not see', async () => {
    const { body } = await app.api.post('/api/v1/gateway/keys', {
      name: 'plugins only',
      type: 'api_key',
      permissions: ['read:*', 'write:plugin'],
    });
    const some = app.api.as(body.key as string);
    await registered(app.api, 'secret-user', '1.0.0', ['shared'], {
      security_context: { visibility: 'restricted', readers: ['role:nobody'] },
    });
    await registered(app.api, 'secret-lib', '2.0.0', [], {
      security_context: { visibility: 'restricted', readers: ['role:nobody'] },
    });
    await act(app.api, 'secret-user', 'install');
    for (const query of ['', '?cascade=true']) {
      await Promise.all(['one', 'two', 'three', 'four'].map((name) => act(app.api, name, 'uninstall')));
      const answer = await act(some, 'shared', 'uninstall', undefined, query);
      expect(answer).toMatchObject({
        status: 409,
        body: {
          code: 'plugin.in_use',
          detail: '1 installed plugin uses it: 1 that you may not see; cascade=true cannot take it along.',
          count: 1,
          dependents: [],
        },
      });
      expect(JSON.stringify(answer.body)).not.toContain('secret-user');
    }
    await registered(app.api, 'open-user', '1.0.0', ['secret-lib']);
    expect((await some.get(`${PLUGINS}/open-user/resolution`)).body.chain).toEqual([
      { by: 'plugin_open-user@1.0.0', constraint: 'secret-lib', available: [] },
    ]);
    expect((await app.api.get(`${PLUGINS}/open-user/resolution`)).status).toBe(200);
    for (const part of ['manifest', 'resolution', 'mesh'])
      expect((await some.get(`${PLUGINS}/secret-user/${part}`)).status).toBe(404);
  });
});
