import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useFixture } from './support/fixture.js';
import { SEGMENT } from './support/stub-runtime.js';

jest.setTimeout(240_000);

const fixture = useFixture({ here: true });

/** What was sent: method, path with its query, body. */
const sent = (): unknown[] =>
  fixture.stub.seen
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, query, body }) => {
      const asked = query.size > 0 ? `${path}?${query.toString()}` : path;
      return [method, asked, body.startsWith('{') ? JSON.parse(body) : body];
    });

describe('a feature flag', () => {
  it('is made of variants, rules and limits as they are typed', async () => {
    const variants = ['--variant', 'blue:50', '--variant', 'green:50=#0f0', '--default', 'classic'];
    const rules = ['--rule', 'email ends_with @example.com -> green', '--rule', 'in beta'];
    const limits = ['--requires', 'pay=off', '--guardrail', 'error_rate>0.05', '--percentage', '10'];
    await fixture.ureg(['feature-flag', 'create', 'new-checkout', ...variants, ...rules, ...limits]);
    expect(sent()).toEqual([
      [
        'POST',
        '/api/v1/features',
        {
          name: 'new-checkout',
          default_value: 'classic',
          variants: [
            { key: 'blue', value: 'blue', weight: 50 },
            { key: 'green', value: '#0f0', weight: 50 },
          ],
          rules: [
            { attribute: 'email', operator: 'ends_with', values: ['@example.com'], variant: 'green' },
            { segment: 'beta' },
          ],
          prerequisites: [{ flag: 'pay', enabled: false }],
          guardrail: { metric: 'error_rate', operator: 'gt', limit: 0.05 },
          percentage: 10,
        },
      ],
    ]);
  });

  it('is rolled out, scheduled and paused in one environment', async () => {
    await fixture.ureg(['flag', 'rollout', 'x', '25%', '-e', 'production']);
    await fixture.ureg(['flag', 'schedule', 'set', 'x', '2030-01-01=50', '-e', 'production']);
    await fixture.ureg(['flag', 'schedule', 'set', 'x', '--none']);
    await fixture.ureg(['flag', 'pause', 'x', '--reason', 'errors']);
    expect(sent()).toEqual([
      ['POST', '/api/v1/features/x/rollout', { percentage: 25, environment: 'production' }],
      [
        'PATCH',
        '/api/v1/features/x',
        { environments: { production: { schedule: [{ at: '2030-01-01T00:00:00.000Z', percentage: 50 }] } } },
      ],
      ['PATCH', '/api/v1/features/x', { schedule: null }],
      ['POST', '/api/v1/features/x/pause', { reason: 'errors' }],
    ]);
    expect((await fixture.ureg(['flag', 'schedule', 'set', 'x', 'tomorrow'])).code).toBe(2);
  });

  it('is evaluated and explained for a context', async () => {
    const who = ['-k', 'ann', '-c', 'plan=pro', '-c', 'user.age=42'];
    expect((await fixture.ureg(['flag', 'evaluate', 'x', ...who, '--value'])).stdout).toBe('green\n');
    await fixture.ureg(['flag', 'evaluate', 'x', 'y', '-e', 'production']);
    expect((await fixture.ureg(['flag', 'explain', 'x', '-k', 'ann'])).stdout).toBe(
      'new-checkout in production is on: "green" (targeting_match, staff)\n' +
        'STEP\tHOLDS\tBECAUSE\nrule staff\tyes\temail ends with @example.com\n  rollout gradual\tyes\t10 of 25\n',
    );
    expect(sent()).toEqual([
      ['POST', '/api/v1/features/x/evaluate', { context: { plan: 'pro', user: { age: 42 }, targeting_key: 'ann' } }],
      ['POST', '/api/v1/features/evaluate', { environment: 'production', keys: ['x', 'y'] }],
    ]);
    expect((await fixture.ureg(['flag', 'evaluate'])).code).toBe(2);
  });

  it('has segments, whose members are added to and never lost', async () => {
    await fixture.ureg(['flag', 'segments', 'update', 'beta', '--include', 'bob', '--drop', 'ann']);
    const { name, description, clause, constraints } = SEGMENT;
    const kept = { name, description, clause, constraints };
    expect(sent()).toEqual([['PUT', '/api/v1/features/segments/beta', { ...kept, included: ['bob'], excluded: [] }]]);
    expect(fixture.stub.writes[0]?.headers['if-match']).toBe('"3"');
  });

  it("is taken over from another tool's document in one piece, after the registry said what would become of it", async () => {
    writeFileSync(join(fixture.program.home, 'flagd.json'), '{"flags":{}}\n');
    const ended = await fixture.ureg(['flag', 'import', 'flagd.json', '--format', 'flagd', '--dry-run']);
    expect([ended.stderr, ended.stdout]).toEqual(['', expect.stringMatching(/^would import: 1 created/)]);
    expect(fixture.stub.seen[0]?.headers['content-type']).toBe('application/json');
    expect(fixture.stub.seen[0]?.query.get('dry_run')).toBe('true');
  });
});

describe('a value', () => {
  it('is taken as what it looks like, and as what the key has where that is a text', async () => {
    for (const text of ['20', '1.10', 'true', '{"a":1}', 'plain']) await fixture.ureg(['config', 'set', 'k', text]);
    expect(sent().map((one) => (one as { value: unknown }[])[2]?.value)).toEqual([20, '1.10', true, { a: 1 }, 'plain']);
    fixture.stub.reset();
    fixture.stub.override = ({ body }, response) => {
      if (!body.includes('8080}')) return false;
      response.writeHead(422, { 'content-type': 'application/problem+json' });
      response.end('{"detail":"value must be a text","code":"validation.failed"}');
      return true;
    };
    expect((await fixture.ureg(['config', 'set', 'k', '8080'])).code).toBe(0);
    expect(sent().map((one) => (one as unknown[])[2])).toEqual([{ value: 8080 }, { value: '8080' }]);
  });

  it('is changed where it is, and made in its scope where it is not', async () => {
    fixture.stub.override = ({ method }, response) => {
      if (method !== 'PATCH') return false;
      response.writeHead(404, { 'content-type': 'application/problem+json' }).end('{}');
      return true;
    };
    await fixture.ureg(['config', 'set', 'k', '1', '-e', 'prod', '--service', 'shop', '--max', '9']);
    await fixture.ureg(['config', 'set', 'k@user:ann', '1', '--if-revision', '0']);
    const body = { value: 1, validation: { max: 9 } };
    expect(sent()).toEqual([
      ['PATCH', '/api/v1/config/k?environment=prod&service=shop', body],
      ['POST', '/api/v1/config', { key: 'k', scope: 'service', scope_id: 'prod/shop', ...body }],
      ['POST', '/api/v1/config', { key: 'k', scope: 'user', scope_id: 'ann', value: 1 }],
    ]);
    expect((await fixture.ureg(['config', 'set', 'k', '1', '--if-match', '3'])).code).toBe(3);
  });

  it('that is a secret is read from standard input and shown nowhere', async () => {
    const options = { stdin: 'hunter2\n' };
    const plan = await fixture.ureg(['config', 'set', 'k', '--secret', '--dry-run'], options);
    expect([plan.stderr, plan.stdout]).toEqual(['', expect.not.stringContaining('hunter2')]);
    const ended = await fixture.ureg(['config', 'set', 'k', '--secret'], options);
    expect(ended.stdout).toMatch(/^db.pool.size is set/);
    expect(sent()).toEqual([['PATCH', '/api/v1/config/k', { value: 'hunter2', type: 'secret' }]]);
    const shown = await fixture.ureg(['config', 'set', 'k', 'hunter2', '--secret']);
    expect(shown.stderr).toContain('stays in the history of the shell');
    expect(await fixture.ureg(['config', 'set', 'k'])).toMatchObject({ code: 2 });
  });

  it('is printed alone, and explained by scope', async () => {
    expect((await fixture.ureg(['config', 'get', 'db.pool.size'])).stdout).toBe('20\n');
    await fixture.ureg(['config', 'list', 'db.', '-e', 'prod']);
    expect(fixture.requests().at(-1)).toBe('GET /api/v1/config/resolved?environment=prod&prefix=db.');
    const explained = await fixture.ureg(['config', 'get', 'db.pool.size', '--explain', '-e', 'prod']);
    expect(explained).toMatchObject({
      stderr: 'db.pool.size is 20, from global\n',
      stdout: expect.stringContaining('wins'),
    });
  });

  it('is removed in its scope; drafts, resets and publications never concern everything by omission', async () => {
    await fixture.ureg(['config', 'delete', 'k', '-e', 'prod', '--service', 'a b', '--yes']);
    expect(fixture.requests()).toEqual(['DELETE /api/v1/config/k%40service%3Aprod%3Aa%2520b']);
    for (const words of [['reset', '--yes'], ['publish']])
      expect((await fixture.ureg(['config', ...words])).code).toBe(2);
  });

  it('is imported from variables, and exported as such', async () => {
    writeFileSync(join(fixture.program.home, 'production.env'), 'A=1\n');
    await fixture.ureg(['config', 'import', 'production.env', '-e', 'production']);
    expect(sent()).toEqual([
      ['POST', '/api/v1/config/import?mode=best_effort&on_conflict=update&environment=production', 'A=1\n'],
    ]);
    expect(fixture.stub.seen[0]?.headers['content-type']).toBe('text/plain');
    await fixture.ureg(['config', 'export', '--format', 'env', '--service', 'shop']);
    expect(fixture.requests().at(-1)).toBe('GET /api/v1/config/export?service=shop&format=env');
    expect((await fixture.ureg(['config', 'export', '--service', 'shop'])).code).toBe(2);
  });

  it('is watched for, and a time in which nothing changed ends with 10', async () => {
    const quiet = { index: 42, reset: false, changes: [] };
    fixture.stub.override = ({ query }, response) => {
      const first = { ...quiet, reset: true, changes: [{ key: 'k', operation: 'set', value: 1, at: 'then' }] };
      const second = { ...quiet, index: 43, changes: [{ key: 'k', operation: 'set', value: 2, at: 'now' }] };
      const wanted = query.has('index') ? second : first;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(wanted));
      return true;
    };
    const ended = await fixture.ureg(['config', 'watch', '--once']);
    expect([ended.code, ended.stdout]).toEqual([0, 'now\tk\t1 -> 2\n']);
    fixture.stub.override = (_, response) => {
      setTimeout(() => response.setHeader('content-type', 'application/json').end(JSON.stringify(quiet)), 300);
      return true;
    };
    expect((await fixture.ureg(['config', 'watch', '--for', '1s'])).code).toBe(10);
  });
});
