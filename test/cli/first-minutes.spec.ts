import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isThere } from '../support/other-programs.js';
import { consoleOf, printed } from './support/console.js';
import { Newcomer } from './support/newcomer.js';

jest.setTimeout(600_000);

/** How long a reading command may take to show what follows from the one before: numbering, propagation, discovery, vectors. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 200;
const READS =
  /^npx ureg (?:health|list|search|graph|ai|\w+ (?:list|events)|service discover|audit verify)\b|^curl .*since=/;
const PAGES = ['README.md', 'docs/tour.md'];

let newcomer: Newcomer;

beforeAll(() => {
  newcomer = new Newcomer();
});
afterAll(() => newcomer.leave());

/** Runs every command of a page in its order, and tells what printed something else than the page shows. */
async function walk(page: string): Promise<string[]> {
  const wrong: string[] = [];
  let settings = '';
  for (const { command, output } of consoleOf(page)) {
    const here = command.replaceAll('localhost:8080', newcomer.url);
    if (/^(export )?[A-Z_]+=/.test(here)) settings += `${here}\n`;
    let actual = await newcomer.shell(settings + here);
    const until = Date.now() + (READS.test(command) ? PATIENCE_MS : 0);
    while (!printed(output, actual) && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      actual = await newcomer.shell(settings + here);
    }
    if (!printed(output, actual)) wrong.push(`$ ${command}\n${actual}\ninstead of\n${output}`);
  }
  return wrong;
}

// One story: what a test does is there for those behind it.
(isThere('curl') ? describe : describe.skip)("a newcomer's first ten minutes", () => {
  it('who asks before there is a server is told to start one', async () => {
    const said = await newcomer.shell('npx ureg health', { env: { UREG_SERVER: 'http://127.0.0.1:9' } });
    expect(said).toBe(
      'error: cannot reach http://127.0.0.1:9\n' +
        'reason: nothing listens there (connection refused); npm start starts a registry on this machine\n' +
        'next: ureg health --server <url>   (or set UREG_SERVER)\n',
    );
  });

  it('one command starts it, and it says where to look and which key to use', async () => {
    const said = await newcomer.start();
    expect(said).toContain('  Universal Registry 0.1.0 is ready.\n');
    expect(said).toContain(`  Documentation  ${newcomer.url}/docs\n`);
    expect(said).toContain('  Data           ./data (PostgreSQL inside)\n');
    expect(said).toContain(`  Admin key      ${newcomer.adminKey}\n`);
    expect(said).toContain('it stands in data/admin.key, where the command line finds it');
    const shown = /Try +(curl .*)/.exec(said)?.[1] ?? '';
    expect(JSON.parse(await newcomer.shell(`${shown.replace('curl', 'curl -s')}?limit=1`))).toHaveLength(1);
    const page = await newcomer.shell(`curl -s -o /dev/null -w '%{http_code} %{content_type}' ${newcomer.url}/docs`);
    expect(page).toMatch(/^200 text\/html/);
  });

  it('npx finds the command line in the folder, and that finds the key', async () => {
    expect(await newcomer.shell('npx ureg features -o name', { npx: true })).toMatch(/^ai-ml$/m);
  });

  it.each(PAGES)('every command of %s works in its order, and prints what is shown', async (page) => {
    expect(await walk(page)).toEqual([]);
  });

  it.each([
    ['a mistyped command', 'ureg serach text', /^error: unknown command 'serach'\nreason: did you mean search\?\n/],
    [
      'a mistyped option',
      'ureg list --statsu active',
      /^error: unknown option '--statsu'\nreason: did you mean --status\?\n/,
    ],
    ['a mistyped type', 'ureg create plugn x', /^error: type must be one of the following values: plugin, service, /],
    [
      'a mistyped key',
      'ureg get plugin_my-ai-servise',
      /^error: No entity .*\nnext: ureg search "<part of the name>"\n$/,
    ],
    ['a name that is taken', 'ureg create plugin my-ai-service 1.0.0', /^error: .* is registered already\.\n$/],
    ['a removal nobody confirms', 'ureg delete svc_checkout </dev/null', /^error: .*\nreason: .*add --yes\n$/],
    [
      'a wrong key',
      'ureg list --key ureg_wrong',
      /^error: .*key or token.*\nreason: the key from --key .*\nnext: ureg login --server http:/,
    ],
  ])('%s says what is wrong and what to do', async (_, command, says) => {
    expect(await newcomer.shell(`npx ${command}`)).toMatch(says);
  });

  it('a mistyped call says which field is wrong, and a mistyped path where the paths stand', async () => {
    const call = `curl -s -H "X-API-Key: $(cat data/admin.key)" ${newcomer.url}/api/v1`;
    const fields = await newcomer.shell(
      `${call}/entities -H 'Content-Type: application/json' -d '{"type":"service","nmae":"x"}'`,
    );
    expect(JSON.parse(fields)).toMatchObject({
      status: 400,
      errors: expect.arrayContaining([{ field: 'nmae', message: 'is not a known field' }]),
    });
    expect(JSON.parse(await newcomer.shell(`${call}/entites`))).toMatchObject({
      status: 404,
      detail: 'There is nothing at this path; /docs lists what there is.',
    });
    expect(await newcomer.shell(`curl -si ${newcomer.url}/api/v1/entities`)).toMatch(/^HTTP\/1.1 401 [^]*API key/);
  });

  it('in another folder a key is asked for, until a profile keeps it', async () => {
    const away = { cwd: '/', env: { UREG_SERVER: '' } };
    const there = { cwd: '/' };
    expect(await newcomer.shell('npx ureg list', there)).toMatch(
      /^error: .*\nreason: no key was sent\nnext: ureg login --server http:/,
    );
    const login = `npx ureg login --as local --token-file '${newcomer.folder}/data/admin.key'`;
    expect(await newcomer.shell(login, there)).toMatch(
      /^signed in to http:\S+ as First admin key \(profile local\)\n$/,
    );
    expect(await newcomer.shell('npx ureg list service -o name', away)).toContain('svc_checkout@1.2.0\n');
    expect(await newcomer.shell('npx ureg logout', away)).not.toContain('error');
  });

  it('a change is seen while it happens, on the command line and by the program of README.md', async () => {
    const [, program = ''] = /```ts\n([^]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
    const file = join(newcomer.folder, 'first.mjs');
    writeFileSync(file, program.replace('http://localhost:8080', newcomer.url));
    const list = newcomer.watch(['list', 'service', '--watch']);
    const client = newcomer.runs(file);
    expect(await list.until(/svc_checkout/)).toMatch(/^svc_checkout@1\.2\.0\t/m);
    expect(await client.until(/\n/)).toBe('team-shop\n');
    // Whether they follow by now shows only when something changes.
    const change = (turn: number): Promise<string> =>
      newcomer.shell(`npx ureg update svc_checkout --owner team-${turn}`);
    expect(await list.until(/updated/, change)).toMatch(/\tupdated\tsvc_checkout@1\.2\.0\t/);
    expect(await client.until(/updated/, change)).toMatch(/^\d+ entity_updated svc_checkout@1\.2\.0$/m);
    await list.interrupt();
    await client.interrupt();
  });

  it('Ctrl-C ends it in order, and the next start has everything', async () => {
    expect(await newcomer.interrupt()).not.toMatch(/error|fatal/i);
    expect(existsSync(join(newcomer.folder, 'data/postgres.lock'))).toBe(false);
    expect(await newcomer.start()).toContain('  Admin key      in data/admin.key\n');
    expect(await newcomer.shell('npx ureg get svc_checkout --json=owner')).toContain('team-');
  });
});
