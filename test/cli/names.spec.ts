import { PROGRAM_NAMES } from '../../src/cli/aliases.js';
import { KEY, useFixture } from './support/fixture.js';

jest.setTimeout(120_000);

const fixture = useFixture();

describe.each(PROGRAM_NAMES.slice(0, 3))('%s', (name) => {
  it.each([
    [['list'], 'GET /api/v1/entities?limit=50&count=exact'],
    [['list', 'plugin'], 'GET /api/v1/entities?type=plugin&limit=50&count=exact'],
    [['list', 'plugin', 'ai-ml'], 'GET /api/v1/entities?type=plugin&feature=ai-ml&limit=50&count=exact'],
    [['create', 'plugin', 'my-service', '1.0.0'], 'POST /api/v1/entities'],
    [['search', 'tensorflow'], 'GET /api/v1/search?q=tensorflow&limit=20'],
    [['graph', 'plugin_my-service', '5'], 'GET /api/v1/graph?root_id=plugin_my-service&depth=5'],
    [['get', 'plugin_my-service'], 'GET /api/v1/entities/plugin_my-service'],
    [['health'], 'GET /health'],
    [['stats'], 'GET /api/v1/stats'],
    [['features'], 'GET /api/v1/feature-categories?limit=1000'],
  ])('%j asks %s', async (args, expected) => {
    const ended = await fixture.ureg(args, { as: name });
    expect([ended.code, fixture.requests()]).toEqual([0, [expected]]);
  });

  it('says what to run next by that name', async () => {
    const refused = await fixture.ureg(['list', '--retries', '0'], {
      as: name,
      env: { UREG_SERVER: 'http://127.0.0.1:9' },
    });
    expect(refused.stderr).toContain(`\nnext: ${name} health `);
    expect((await fixture.ureg(['list', '--profile', 'x'], { as: name })).stderr).toContain(
      `\nnext: ${name} profile add x `,
    );
    expect((await fixture.ureg(['lisst'], { as: name })).stderr).toContain(`\nnext: ${name} --help`);
  });

  it('calls itself by that name, and reads the old variable', async () => {
    expect((await fixture.ureg(['list', '-h'], { as: name })).stdout).toContain(
      `  ${name} list [type] [feature] [flags]`,
    );
    const ended = await fixture.program.run(['stats'], {
      as: name,
      env: { HYPER_REGISTRY_API: `${fixture.stub.url}/api/v1`, UREG_TOKEN: KEY },
    });
    expect([ended.code, fixture.requests()]).toEqual([0, ['GET /api/v1/stats']]);
  });
});
