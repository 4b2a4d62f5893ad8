import { useFixture } from './support/fixture.js';
import { ENTRY } from './support/stub-entry.js';

jest.setTimeout(120_000);

const fixture = useFixture();

describe('a list', () => {
  const page = (from: number, count: number): object[] =>
    Array.from({ length: count }, (_, index) => ({ ...ENTRY, key: `plugin_${from + index}` }));

  it('of nothing is [] and 0, with a notice', async () => {
    fixture.stub.reset('empty');
    expect(await fixture.ureg(['list', '-o', 'json'])).toMatchObject({
      code: 0,
      stdout: '[]\n',
      stderr: 'no entries match\n',
    });
    expect(await fixture.ureg(['list'])).toMatchObject({ code: 0, stdout: '', stderr: 'no entries match\n' });
    expect(await fixture.ureg(['list', '-q'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('that is cut says of how many; --all reads every page', async () => {
    fixture.stub.override = ({ query }, response) => {
      const second = query.get('cursor') === 'two';
      if (!second) response.setHeader('link', '</api/v1/entities?cursor=two>; rel="next"');
      response.setHeader('x-total-count', '5').setHeader('content-type', 'application/json');
      response.end(JSON.stringify(second ? page(3, 2) : page(0, 3)));
      return true;
    };
    const cut = await fixture.ureg(['list', '--limit', '3', '-o', 'name']);
    expect(cut).toMatchObject({
      stdout: 'plugin_0\nplugin_1\nplugin_2\n',
      stderr: 'showing 3 of 5; use --all, --limit or --page-token two\n',
    });
    const all = await fixture.ureg(['list', '--all', '-o', 'name']);
    expect(all).toMatchObject({ stdout: 'plugin_0\nplugin_1\nplugin_2\nplugin_3\nplugin_4\n', stderr: '' });
    expect(fixture.requests().at(-1)).toBe('GET /api/v1/entities?limit=1000&cursor=two');
    expect((await fixture.ureg(['list', '--page-token', 'two', '-o', 'name'])).stdout).toBe('plugin_3\nplugin_4\n');
  });

  it('sends its filters as the API names them', async () => {
    await fixture.ureg([
      'list',
      '-l',
      'a',
      '--tag',
      'b',
      '--status',
      'active',
      '--query',
      'x y',
      '--filter',
      'version=1',
      '--sort=-name',
    ]);
    expect(fixture.requests()).toEqual([
      'GET /api/v1/entities?status=active&tag=a&tag=b&q=x+y&version=1&sort=-name&limit=50&count=exact',
    ]);
  });

  it('whose reader goes away ends quietly', async () => {
    fixture.stub.override = (_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(page(0, 5000)));
      return true;
    };
    const child = fixture.program.start(['list', '--limit', '5000', '-o', 'json'], {
      env: { UREG_SERVER: fixture.stub.url },
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout?.once('data', () => child.stdout?.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stderr]).toEqual([0, '']);
  });

  it('with an unknown field is refused before anything is shown, naming the fields', async () => {
    expect(await fixture.ureg(['list', '--json=key,colour'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('unknown field'),
    });
  });
});

describe('watching', () => {
  it('shows matching changes line by line, and resumes where the connection broke', async () => {
    const event = (seq: number, key: string, type = 'plugin'): string =>
      `id: ${seq}\nevent: entity_created\ndata: ${JSON.stringify({ seq, type: 'entity_created', at: '2026-01-01T00:00:00.000Z', entity: { ...ENTRY, key, type } })}\n\n`;
    fixture.stub.override = ({ path, query }, response) => {
      if (path !== '/api/v1/events') return false;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (query.get('since') === null) response.end(event(7, 'plugin_a') + event(8, 'svc_b', 'service'));
      else response.write(event(9, 'plugin_c'));
      return true;
    };
    const child = fixture.program.start(['list', 'plugin', '-w', '-o', 'jsonl'], {
      env: { UREG_SERVER: fixture.stub.url },
    });
    const lines: string[] = [];
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await new Promise<void>((resolve) =>
      child.stdout?.on('data', (chunk: Buffer) => {
        lines.push(...chunk.toString().trim().split('\n'));
        if (lines.length === 3) resolve();
      }),
    );
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.on('close', resolve));
    const keys = lines
      .map((line) => JSON.parse(line) as { key?: string; entity?: { key: string } })
      .map((row) => row.entity?.key ?? row.key);
    expect(keys).toEqual([ENTRY.key, 'plugin_a', 'plugin_c']);
    expect(stderr).toMatch(/^connection lost, trying again in 0\.5 s\ninterrupted\n$/);
    expect(code).toBe(130);
    expect(
      fixture.stub.seen.filter(({ path }) => path === '/api/v1/events').map(({ query }) => query.get('since')),
    ).toEqual([null, '8']);
  });
});
