import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useFixture } from './support/fixture.js';
import type { Ended } from './support/program.js';
import { ENTRY } from './support/stub-entry.js';

jest.setTimeout(120_000);

const fixture = useFixture();

describe('a change', () => {
  it('says in one line what changed and its id; -q the id only, -o json the resource', async () => {
    const create = ['create', 'plugin', 'my-service', '1.0.0', '--tag', 'a', '--tag', 'b', '--metadata', 'tier=1'];
    expect((await fixture.ureg(create)).stdout).toBe(`created ${ENTRY.key} ${ENTRY.id}\n`);
    expect((await fixture.ureg([...create, '-q'])).stdout).toBe(`${ENTRY.id}\n`);
    expect(JSON.parse((await fixture.ureg([...create, '-o', 'json'])).stdout)).toEqual(ENTRY);
    expect(JSON.parse(fixture.stub.seen[0]?.body ?? '')).toEqual({
      type: 'plugin',
      name: 'my-service',
      version: '1.0.0',
      tags: ['a', 'b'],
      metadata: { tier: 1 },
    });
    const keys = fixture.stub.seen.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
  });

  it('is a merge patch with the revision it is based on; --unset empties, --replace puts', async () => {
    await fixture.ureg([
      'update',
      'plugin_a',
      '--owner',
      'me',
      '--unset',
      'description',
      '--unset',
      'metadata.x',
      '--if-match',
      '7',
    ]);
    await fixture.ureg(['update', 'plugin_a', '--replace', '--data', 'title: x', '--if-match', '0']);
    expect(
      fixture.stub.seen.map(({ method, body, headers }) => [
        method,
        JSON.parse(body),
        headers['if-match'],
        headers['content-type'],
      ]),
    ).toEqual([
      ['PATCH', { owner: 'me', description: null, metadata: { x: null } }, '"7"', 'application/merge-patch+json'],
      ['PUT', { title: 'x' }, '"0"', 'application/json'],
    ]);
  });

  it('without anything to change is refused', async () => {
    expect(await fixture.ureg(['update', 'plugin_a'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nothing to change'),
    });
  });

  it('that a driver carries out can be waited for: its end, or 10 when it failed or took too long', async () => {
    const told: string[] = [];
    const operation = (): object => ({
      id: 'o1',
      verb: 'start',
      state: told.shift() ?? 'running',
      message: 'no such image',
    });
    fixture.stub.override = ({ method, path }, response) => {
      const driven = method === 'POST' || path.endsWith('/operations/o1');
      const body = method === 'POST' ? { ...ENTRY, status: 'installed', operation: operation() } : operation();
      response.writeHead(method === 'POST' ? 202 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(driven ? body : { ...ENTRY, status: 'running' }));
      return true;
    };
    const start = (...more: string[]): Promise<Ended> => fixture.ureg(['service', 'start', 'svc_a', ...more]);
    expect((await start()).stdout).toBe(`${ENTRY.key} is installed; start is under way\n`);
    told.push('pending', 'running', 'succeeded');
    expect(await start('--wait')).toMatchObject({ code: 0, stdout: `${ENTRY.key} is running\n`, stderr: '' });
    told.push('pending', 'succeeded');
    expect((await fixture.ureg(['engine', 'scale', 'x', '4', '--wait'])).stdout).toBe('x is scaled to 4\n');
    told.push('pending', 'failed');
    expect(await start('--wait')).toMatchObject({
      code: 10,
      stdout: '',
      stderr: 'error: start of svc_a failed\nreason: no such image\nnext: ureg service operations svc_a\n',
    });
    expect(await start('--wait', '--timeout', '600ms')).toMatchObject({
      code: 10,
      stderr: expect.stringContaining('did not end in time'),
    });
  });

  it('of several entries goes on after one that is not there, and ends with 9', async () => {
    fixture.stub.override = ({ path }, response) => {
      if (!path.endsWith('/plugin_b')) return false;
      response
        .writeHead(404, { 'content-type': 'application/problem+json' })
        .end('{"code":"entity.not_found","detail":"none"}');
      return true;
    };
    const remove = ['delete', 'plugin_a', 'plugin_b', 'plugin_c', '-y'];
    const ended = await fixture.ureg(remove);
    expect(ended).toMatchObject({ code: 9, stderr: '2 of 3 deleted\n' });
    expect(ended.stdout).toBe(
      '#\tRESULT\tKEY\tERROR\n0\tdeleted\tplugin_a\t-\n1\tfailed\tplugin_b\tnone\n2\tdeleted\tplugin_c\t-\n',
    );
    const json = await fixture.ureg([...remove, '-o', 'json']);
    expect([json.code, json.stdout]).toEqual([9, '']);
    expect(JSON.parse(json.stderr)).toMatchObject({
      error: { code: 'cli.partial', details: { results: [{}, { status: 'failed' }, {}] } },
    });
  });

  it('of entries in files takes JSON, YAML and whole folders', async () => {
    const folder = join(fixture.program.home, 'estate');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '1.yaml'), 'type: plugin\nname: a\n---\ntype: plugin\nname: b\n');
    writeFileSync(join(folder, '2.json'), '[{"type":"plugin","name":"c"}]');
    expect(await fixture.ureg(['create', '-f', 'estate'])).toMatchObject({ code: 0, stderr: '3 of 3 created\n' });
    expect((JSON.parse(fixture.stub.seen[0]?.body ?? '[]') as { name: string }[]).map(({ name }) => name)).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(await fixture.ureg(['create', '-f', '-'], { stdin: '{"type":"plugin","name":"d"}' })).toMatchObject({
      code: 0,
    });
    expect(fixture.requests()).toEqual([
      'POST /api/v1/entities/bulk?mode=best_effort&on_conflict=fail',
      'POST /api/v1/entities',
    ]);
    expect(await fixture.ureg(['create', '-f', '-'], { stdin: 'a: [' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('stdin is not valid YAML'),
    });
  });
});
