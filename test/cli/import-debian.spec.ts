import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DebianOracle } from '../support/debian-oracle.js';
import { useFixture } from './support/fixture.js';
import type { Ended } from './support/program.js';
import type { Seen } from './support/stub-registry.js';

jest.setTimeout(120_000);

const SAMPLE = 'test/fixtures/debian-sample.jsonl.gz';
const fixture = useFixture();

/** The bulk routes of a registry: keeps what it gets, knows it again, and refuses what it is told to. */
class Store {
  readonly entries = new Map<string, string>();
  readonly edges = new Map<string, string>();
  readonly batches: { path: string; lines: number; atOnce: number }[] = [];
  refused = new Set<string>();
  /** Answers 503 from the n-th request on. */
  brokenFrom = Number.POSITIVE_INFINITY;
  private open = 0;

  answer = (seen: Seen, response: ServerResponse): boolean => {
    const lines = seen.body.trim().split('\n');
    this.open += 1;
    this.batches.push({ path: `${seen.path}?${seen.query.toString()}`, lines: lines.length, atOnce: this.open });
    const results = lines.map((line, index) => ({ index, ...this.keep(seen.path, line) }));
    setTimeout(() => {
      this.open -= 1;
      if (this.batches.length >= this.brokenFrom) response.writeHead(503).end('{}');
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(results));
    }, 20);
    return true;
  };

  private keep(path: string, line: string): object {
    const item = JSON.parse(line) as Record<string, string>;
    const isEntry = path.endsWith('/entities/bulk');
    if (isEntry && this.refused.has(item.name)) {
      return {
        status: 'failed',
        id: null,
        error: { status: 400, code: 'request.invalid', detail: 'name is not welcome' },
      };
    }
    const kept = isEntry ? this.entries : this.edges;
    const id = isEntry ? `${item.name}@${item.version ?? ''}` : `${item.source_id} ${item.type} ${item.target_id}`;
    const before = kept.get(id);
    kept.set(id, line);
    return { status: before === undefined ? 'created' : before === line ? 'unchanged' : 'updated', id };
  }
}

let store: Store;
beforeEach(() => {
  store = new Store();
  fixture.stub.override = store.answer;
});

function importFile(content: string | Buffer, more: string[] = []): Promise<Ended> {
  writeFileSync(join(fixture.program.home, 'index'), content);
  return fixture.ureg(['import', 'debian', 'index', ...more]);
}

const line = (name: string, rest: object = {}): string => JSON.stringify({ name, version: '1', ...rest });

describe('importing a package index', () => {
  it('sends entries before relationships, a thousand a request and two at a time, and gives the counts', async () => {
    const oracle = DebianOracle.read(SAMPLE);
    const ended = await fixture.ureg(['import', 'debian', join(process.cwd(), SAMPLE), '-o', 'json']);
    const { depends_on, recommends, provides } = oracle.relationships;
    const entries = oracle.packages.size + oracle.virtual.size;
    const relationships = depends_on + recommends + provides;
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      packages: oracle.packages.size,
      virtual: oracle.virtual.size,
      broken: 0,
      entries: { created: entries, updated: 0, unchanged: 0, failed: 0 },
      relationships: { created: relationships, updated: 0, unchanged: 0, failed: 0 },
    });
    expect([store.entries.size, store.edges.size]).toEqual([entries, relationships]);
    const paths = store.batches.map(({ path }) => path);
    expect(paths).toEqual([...paths].sort()); // entities before relationships
    expect(new Set(paths)).toEqual(
      new Set([
        '/api/v1/entities/bulk?mode=best_effort&on_conflict=update',
        '/api/v1/relationships/bulk?mode=best_effort&on_conflict=update',
      ]),
    );
    expect(Math.max(...store.batches.map(({ lines }) => lines))).toBe(1000);
    expect(Math.max(...store.batches.map(({ atOnce }) => atOnce))).toBe(2);
    expect(fixture.stub.seen.every(({ headers }) => headers['idempotency-key'] === undefined)).toBe(true);
  });

  it('again changes nothing and says so', async () => {
    const index = [line('a', { depends: [[{ name: 'b' }]] }), line('b')].join('\n');
    expect((await importFile(index)).stdout).toMatch(
      /^imported: 2 packages and 0 virtual packages; entries 2 created, 0 updated, 0 unchanged, 0 failed; relationships 1 created, .* packages\/s\n$/,
    );
    expect((await importFile(index)).stdout).toMatch(
      /^nothing to change: .*entries 0 created, 0 updated, 2 unchanged.*relationships 0 created, 0 updated, 1 unchanged/,
    );
    const changed = index.replace('"version":"1","depends"', '"version":"1","summary":"new","depends"');
    expect((await importFile(changed)).stdout).toMatch(/^imported: .*entries 0 created, 1 updated, 1 unchanged/);
  });

  it('takes gzip whatever its name, standard input, a Packages file, and xz where the program is', async () => {
    const text = 'Package: a\nVersion: 1\nDepends: b (>= 1)\n\nPackage: b\nVersion: 2\n';
    const expected = { packages: 2, relationships: { created: 1 } };
    const summary = ({ code, stdout }: Ended): unknown => [code, JSON.parse(stdout)];
    expect(summary(await importFile(gzipSync(text), ['-o', 'json']))).toEqual([
      0,
      expect.objectContaining({ packages: 2 }),
    ]);
    store = new Store();
    fixture.stub.override = store.answer;
    const piped = await fixture.ureg(['import', 'debian', '-', '-o', 'json'], { stdin: gzipSync(text) });
    expect(JSON.parse(piped.stdout)).toMatchObject(expected);

    // A stand-in for xz that drops the six magic bytes and lets gzip do the rest.
    const tool = join(fixture.program.folder, 'xz');
    writeFileSync(tool, '#!/bin/sh\ntail -c +7 | gzip -dc\n');
    chmodSync(tool, 0o755);
    const packed = Buffer.concat([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), gzipSync(text)]);
    const env = { PATH: `${fixture.program.folder}:${process.env.PATH}` };
    expect(await fixture.ureg(['import', 'debian', '-'], { stdin: packed, env })).toMatchObject({ code: 0 });
    const without = await fixture.ureg(['import', 'debian', '-'], {
      stdin: packed,
      env: { PATH: fixture.program.home },
    });
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('the program xz is not installed') });
  });

  it('reports a broken line by its number, imports the rest and ends with 9', async () => {
    const index = [line('a'), '{"name":"x"', line('b'), '[]', line('a', { summary: 'again' })].join('\n');
    const ended = await importFile(index);
    expect(ended.code).toBe(9);
    expect(ended.stderr).toMatch(
      /^line 2: not valid JSON: .*\nline 4: not a JSON object\nline 5: a 1 stands in an earlier line already; the first one counts\nerror: 2 lines or items could not be imported\n/,
    );
    expect(ended.stdout).toMatch(/^imported: 2 packages/);
    expect([...store.entries.keys()]).toEqual(['a@1', 'b@1']);
    const json = await importFile(index, ['-o', 'json']);
    expect([json.code, json.stdout]).toEqual([9, '']);
    expect(JSON.parse(json.stderr)).toMatchObject({
      error: {
        code: 'cli.partial',
        details: {
          summary: { broken: 2, duplicates: 1 },
          complaints: [/2/, /4/, /5/].map((part) => expect.stringMatching(part)),
        },
      },
    });
  });

  it('reports what the server refused, and the relationships lost by it', async () => {
    store.refused.add('b');
    const ended = await importFile(
      [line('a', { depends: [[{ name: 'b' }], [{ name: 'c' }]] }), line('b'), line('c')].join('\n'),
    );
    expect(ended.code).toBe(9);
    expect(ended.stderr).toContain('b 1: name is not welcome (request.invalid)\n');
    expect(ended.stderr).toContain('a depends_on b: an entry at one of its ends was refused\n');
    expect([...store.edges.keys()]).toEqual(['a@1 depends_on c@1']);
  });

  it('sends again, and in smaller pieces, what the server could not do at that moment', async () => {
    let tries = 0;
    const sizes: number[] = [];
    fixture.stub.override = (seen, response) => {
      if (!seen.path.endsWith('/entities/bulk') || (tries += 1) > 2) return store.answer(seen, response);
      sizes.push(seen.body.trim().split('\n').length);
      const error = { status: 503, code: 'database.timeout', detail: 'too slow' };
      const results = seen.body
        .trim()
        .split('\n')
        .map((_, index) => ({ index, status: 'failed', id: null, error }));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(results));
      return true;
    };
    const names = Array.from({ length: 8 }, (_, index) => line(`p${index}`));
    expect(await importFile(names.join('\n'))).toMatchObject({ code: 0, stderr: '' });
    expect(sizes).toEqual([8, 4]);
    expect([...store.entries.keys()].sort()).toEqual(names.map((_, index) => `p${index}@1`));
  });

  it('that was cut off says how to go on, and is finished by running it again', async () => {
    store.brokenFrom = 3;
    const sample = join(process.cwd(), SAMPLE);
    const cut = await fixture.ureg(['import', 'debian', sample, '--retries', '0']);
    expect(cut.code).toBe(7);
    expect(cut.stderr).toContain('run it again to finish');
    expect(cut.stdout).toBe('');
    store.brokenFrom = Number.POSITIVE_INFINITY;
    const oracle = DebianOracle.read(SAMPLE);
    const again = await fixture.ureg(['import', 'debian', sample]);
    const { depends_on, recommends, provides } = oracle.relationships;
    expect([again.code, store.entries.size, store.edges.size]).toEqual([
      0,
      oracle.packages.size + oracle.virtual.size,
      depends_on + recommends + provides,
    ]);
  });

  it('interrupted in the middle says what to do, with 130', async () => {
    fixture.stub.override = () => true;
    const child = fixture.program.start(['import', 'debian', join(process.cwd(), SAMPLE)], {
      env: { UREG_SERVER: fixture.stub.url },
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    while (fixture.stub.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    expect(stderr).toBe('interrupted: what was sent is kept; run the same command again to finish\n');
  });

  it('of a file that is none, is cut off or is missing changes nothing', async () => {
    expect(await importFile('hello\nworld\n')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('this is no package index'),
    });
    const cut = readFileSync(SAMPLE).subarray(0, 100_000);
    expect(await importFile(cut)).toMatchObject({ code: 2, stderr: expect.stringContaining('damaged or cut off') });
    expect((await fixture.ureg(['import', 'debian', 'nowhere'])).code).toBe(2);
    expect(fixture.stub.seen).toEqual([]);
    expect(await importFile('')).toMatchObject({ code: 0, stderr: expect.stringContaining('no packages found') });
  });

  it('under --dry-run reads and resolves everything and sends nothing', async () => {
    const ended = await importFile(gunzipSync(readFileSync(SAMPLE)), ['-n']);
    const { packages, virtual } = DebianOracle.read(SAMPLE);
    expect(ended.stdout).toContain(
      `would import ${packages.size.toLocaleString('en-US')} packages and ${virtual.size} virtual packages`,
    );
    expect(fixture.stub.seen).toEqual([]);
  });
});

describe('importing an export', () => {
  it('sends NDJSON in pieces and adds up the answers', async () => {
    fixture.stub.override = undefined;
    const text = Array.from({ length: 4500 }, (_, index) =>
      JSON.stringify({ kind: 'entry', type: 'plugin', name: `p${index}` }),
    ).join('\n');
    const ended = await fixture.ureg(['import', '-', '--on-conflict', 'skip'], { stdin: text });
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^imported: 3 created, 0 updated/) });
    expect(fixture.requests()).toEqual(
      Array.from({ length: 3 }, () => 'POST /api/v1/entities/import?mode=best_effort&on_conflict=skip'),
    );
    expect(
      fixture.stub.seen
        .map(({ body }) => body)
        .join('')
        .trim(),
    ).toBe(text);
  });

  it('names the items that failed by their place in the file, and ends with 9', async () => {
    fixture.stub.override = (_, response) => {
      const answer = {
        created: 0,
        updated: 0,
        unchanged: 0,
        skipped: 0,
        failed: 1,
        errors: [{ index: 2, status: 400, code: 'request.invalid', detail: 'no' }],
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      return true;
    };
    const ended = await fixture.ureg(['import', '-'], { stdin: '{"kind":"entry","name":"a"}\n' });
    expect(ended).toMatchObject({
      code: 9,
      stderr: expect.stringMatching(/^item 3: no \(request\.invalid\)\nerror: 1 item could not be imported/),
    });
  });

  it('sends a whole document as what it is', async () => {
    fixture.stub.override = undefined;
    await fixture.ureg(['import', '-', '--atomic'], { stdin: 'entries:\n  - type: plugin\n    name: a\n' });
    await fixture.ureg(['import', '-'], { stdin: '{"entries":[],"relationships":[]}' });
    expect(fixture.stub.seen.map(({ headers, query }) => [headers['content-type'], query.get('mode')])).toEqual([
      ['application/yaml', 'atomic'],
      ['application/json', 'best_effort'],
    ]);
  });
});
