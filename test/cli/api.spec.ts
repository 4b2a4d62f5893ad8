import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useFixture } from './support/fixture.js';

jest.setTimeout(120_000);

const fixture = useFixture();

/** A list of three rows on two pages. */
function pages(): void {
  fixture.stub.override = ({ path, query }, response) => {
    if (path !== '/api/v1/entities') return false;
    const rest = query.get('cursor') === 'c2';
    const link = rest ? {} : { link: '</api/v1/entities?cursor=c2>; rel="next"' };
    response.writeHead(200, { 'content-type': 'application/json', ...link });
    response.end(JSON.stringify(rest ? [{ id: 'c', n: 3 }] : [{ id: 'a', n: 1 }, { id: 'b', n: 2 }])); // prettier-ignore
    return true;
  };
}

describe('api', () => {
  it('gathers the pages of a list into one, in any format', async () => {
    pages();
    const all = ['api', 'GET', 'entities', '-f', 'type=plugin', '--paginate'];
    const whole = await fixture.ureg(all);
    expect([whole.code, JSON.parse(whole.stdout)]).toEqual([0, ['a', 'b', 'c'].map((id, n) => ({ id, n: n + 1 }))]);
    expect(fixture.requests()).toEqual([
      'GET /api/v1/entities?type=plugin',
      'GET /api/v1/entities?type=plugin&cursor=c2',
    ]);
    expect((await fixture.ureg([...all, '-o', 'jsonl'])).stdout).toBe(
      '{"id":"a","n":1}\n{"id":"b","n":2}\n{"id":"c","n":3}\n',
    );
    expect((await fixture.ureg([...all, '--fields', 'n', '-o', 'csv'])).stdout).toBe('n\n1\n2\n3\n');
    expect((await fixture.ureg([...all, '-q'])).stdout).toBe('a\nb\nc\n');
    expect((await fixture.ureg(['api', 'GET', '/health', '--paginate'])).stdout).toContain('"healthy"');
    expect((await fixture.ureg(['api', 'POST', 'entities', '--paginate'])).code).toBe(2);
  });

  it('sends headers and fields as they were given, and a file as it stands', async () => {
    const fields = ['-f', 'spec.port=80', '-f', 'name=x', '--raw-field', 'version=1.0'];
    await fixture.ureg(['api', 'POST', 'entities', ...fields, '-H', 'Idempotency-Key: once', '-H', 'x-trace: a b']);
    const file = join(fixture.program.home, 'rows.ndjson');
    writeFileSync(file, '{"a":1}\n{"a":2}\n');
    await fixture.ureg(['api', 'POST', 'import', '--input', file, '-H', 'Content-Type: application/x-ndjson']);
    expect(fixture.stub.seen.map(({ body }) => body)).toEqual([
      '{"spec":{"port":80},"name":"x","version":"1.0"}',
      '{"a":1}\n{"a":2}\n',
    ]);
    expect(fixture.stub.seen.map(({ headers }) => [headers['content-type'], headers['idempotency-key']])).toEqual([
      ['application/json', 'once'],
      ['application/x-ndjson', expect.any(String)],
    ]);
    expect(fixture.stub.seen[0]?.headers['x-trace']).toBe('a b');
  });

  it.each([
    [['-H', 'no colon'], 'is not "Name: value"'],
    [['-H', 'Content-Length: 5'], 'the connection sets it'],
    [['--raw-field', 'x'], 'is not field=value'],
    [['--input', 'none.json', '-f', 'a=1'], '--input is the whole body'],
    [['--input', 'none.json'], 'cannot read "none.json"'],
  ])('refuses %j', async (words, said) => {
    const ended = await fixture.ureg(['api', 'POST', 'entities', ...words]);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(fixture.stub.seen).toEqual([]);
  });
});
