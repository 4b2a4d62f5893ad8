import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isThere } from '../support/other-programs.js';
import { FILES } from './support/example-files.js';
import { everyLeaf, type Leaf } from './support/leaves.js';
import { useOwnService } from './support/own-service.js';
import { documentedLines } from './support/pages.js';
import { shellWords, type Ended } from './support/program.js';

// One process after the other, on whatever machine this is.
jest.setTimeout(900_000);

const CAPTURED = join(process.cwd(), 'src/cli/docs/captured.json');
/** What the examples speak of beside what they make themselves. */
const SEED = [
  {
    kind: 'entry',
    type: 'service',
    name: 'my-api',
    version: '1.2.0',
    title: 'My API',
    status: 'running',
    health: 'healthy',
  },
  { kind: 'entry', type: 'service', name: 'mailer', title: 'Sends mail', health: 'unhealthy' },
  {
    kind: 'entry',
    type: 'plugin',
    name: 'tensorflow',
    version: '2.1.0',
    title: 'Runs TensorFlow models',
    tags: ['ml'],
  },
  { kind: 'entry', type: 'resource', name: 'database', title: 'Main database' },
  { kind: 'entry', type: 'registry', name: 'shop-eu', spec: { level: 'environment' } },
  {
    kind: 'entry',
    type: 'resource',
    name: 'libc6',
    version: '2.36-9',
    title: 'GNU C Library: shared libraries',
    tags: ['libs'],
  },
  {
    kind: 'entry',
    type: 'resource',
    name: 'gpicview',
    version: '0.2.5-3',
    title: 'lightweight image viewer',
    tags: ['graphics'],
  },
  { kind: 'relationship', source_id: 'resource_gpicview', target_id: 'resource_libc6', type: 'depends_on' },
  { kind: 'relationship', source_id: 'svc_my-api', target_id: 'resource_database', type: 'depends_on' },
  { kind: 'relationship', source_id: 'plugin_tensorflow', target_id: 'resource_libc6', type: 'depends_on' },
];
const RELATED = [
  { source_id: 'plugin_my-service', target_id: 'svc_my-api', type: 'depends_on' },
  { source_id: 'plugin_my-service', target_id: 'plugin_tensorflow', type: 'requires' },
];

/** What an example finds that no other one makes. */
const PREPARED: Record<string, string> = {
  'component connection':
    'component update comp_orders-db --connection postgresql://orders:s3cret@db.example.com/orders',
  'config diff': 'config set db.pool.size 25',
  'config publish': 'config draft set db.pool.size 30',
  'config discard': 'config draft set db.pool.size 35',
  'registry delete': 'registry move reg_shop-eu --top',
  'service driver secret':
    'service update svc_checkout --set driver.type=webhook --set driver.url=https://controller.example.com/',
  'engine driver secret':
    'engine update engine_inference --set driver.type=webhook --set driver.url=https://controller.example.com/',
};
/** Possible in some states only. */
const AFTER: Record<string, string> = {
  'engine scale': 'engine restart',
  'engine workload lease': 'engine restart',
  'grid heartbeat': 'grid activate',
  'grid topology': 'grid activate',
  'grid release': 'grid activate',
  'grid balance': 'grid activate',
};

/** What makes things first, then what fills them, what takes them away last; what was prepared would change what others show. */
function rank(path: string): number {
  const verb = path.split(' ').at(-1) ?? '';
  if (['create', 'register'].includes(verb)) return 0;
  if (['report', 'record', 'add', 'set', 'submit', 'move'].includes(verb)) return 1;
  if (['delete', 'remove', 'revoke'].includes(verb)) return 5;
  if (['deregister', 'forget'].includes(verb)) return 4;
  return path in PREPARED ? 3 : 2;
}

function inOrder(leaves: readonly Leaf[]): Leaf[] {
  const sorted = leaves.filter(({ path }) => !(path in AFTER)).sort((a, b) => rank(a.path) - rank(b.path));
  for (const leaf of leaves.filter(({ path }) => path in AFTER))
    sorted.splice(sorted.findIndex(({ path }) => path === AFTER[leaf.path]) + 1, 0, leaf);
  return sorted;
}

/** What they print is long, or another every time: the docs show the command alone. */
const UNSTEADY = new Set([
  'ai classify',
  'ai embed',
  'ai feedback list',
  'ai status',
  'ai tags',
  'completion',
  'permission list',
  'usage',
  'key data list',
  'key usage',
  'engine autoscaling decisions',
  'audit list',
  'audit verify',
  'audit export',
  'backup create',
  'backup verify',
  'feature-flag schedule show',
  'feature-flag stats',
  // What is said of the whole graph is another with every example of another command.
  'graph components',
  'graph centrality',
  'graph communities',
  'graph suggestions',
  'grid stats',
  'grid give-up',
  // Whether it is drained by then.
  'grid events',
  'config rotate-keys',
  // Counts are written down, words learned and indexes looked through within seconds.
  'trending',
  'suggest',
  'related',
  'facets',
  'index stats',
  'index rebuild',
  'mesh metrics show',
  'mesh stats',
]);

const own = useOwnService({ EMBEDDING_PROVIDER: 'local' });

beforeAll(async () => {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(own.program.home, name)), { recursive: true });
    writeFileSync(join(own.program.home, name), text);
  }
  const seeded = await ureg(['import', '-'], SEED.map((line) => JSON.stringify(line)).join('\n'));
  if (seeded.code !== 0) throw new Error(seeded.stderr);
  const spans = readFileSync('docs/examples/spans.json', 'utf8');
  const answer = await fetch(`${own.service.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${own.service.adminKey}` },
    body: spans.replaceAll('NOW', String(Math.floor(Date.now() / 1000) - 1)),
  });
  if (!answer.ok) throw new Error(await answer.text());
});

const ureg = (args: string[], stdin = ''): Promise<Ended> =>
  own.program.run(args, { stdin, env: { UREG_SERVER: own.service.url } });

/** The same text on every machine and every day. */
function normalised(text: string): string {
  return (
    text
      .replaceAll(own.service.url, 'http://127.0.0.1:8080')
      .replaceAll(own.service.adminKey.slice(-4), 'x7Qz')
      .replaceAll(own.program.home, '/home/you')
      .replace(
        /[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g,
        '0192f0c1-7c3a-7a10-9d5e-0242ac120002',
      )
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-03-01T09:30:00.000Z')
      // Reads are written down every ten seconds: whether one shows is a matter of how fast the machine is.
      .replace(/("accessed_at": ?)"[^"]*"/g, '$1null')
      .replace(/\b(ureg|svc|admin|refresh)_[0-9A-Za-z]{49}\b/g, `$1_${'0'.repeat(49)}`)
      .replace(/((?:ureg|svc|admin)_…|last_four"?(?:: "|\t))\w{4}/g, '$1x7Qz')
      .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl')
      .replace(/("kid": "|^)[\w-]{43}(?="|\t)/gm, '$1NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
      .replace(/("n": ")[\w-]+/g, '$10vx7agoebGcQSuuPiLJXZptN9nndrQmb')
      .replace(/(refresh_expires_in"?(?:: |\t))\d+/g, '$1604800')
      // Uses are written down every ten seconds.
      .replace(/(admin_key\t.*\t)(?:never|\d+\w ago)\t/g, '$15m ago\t')
      // Ages, of which those of a wide list stand before the id.
      .replace(/\t\d+[sm](?=$|\t.*\t0192f0c1-7c3a-7a10-9d5e-0242ac120002$)/gm, '\t5m')
      .replace(/up \d+ s/g, 'up 300 s')
      .replace(/("uptime": ?)[\d.]+/g, '$1300')
      .replace(/^\d\.\d{3}\t/gm, '0.912\t')
      .replace(/\b[0-9a-f]{64}\b/g, 'df47c4d93dbdb0fdd94f8d26ff3d1ed128d2036efda482e7d273b6d20463532e')
      .replace(/("latency_ms": ?)[\d.]+/g, '$10.4')
      .replace(/("?\w*_?bytes"?(?:: |\t))\d+/g, '$18388608')
      .replace(/(oldest_waiting_seconds"?(?:: |\t))[\d.]+/g, '$14')
      .replace(/(snapshot_age_ms"?(?:: |\t))\d+/g, '$1200')
      .replace(/("lease_token": "|lease_token\t)[\w-]+/g, '$15c2ab0ff-6f1c-4b60-9d3e-4a8a0e2a7a11')
      .replace(/whsec_[\w+/=]+/g, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
      .replace(/("relationship_id": ")\d+/g, '$11042')
      .replace(/(in )[\d.]+ s$/gm, '$10.1 s')
  );
}

/** As much as the docs show: what stands further down may change without them. */
function firstLines(text: string): string {
  const lines = text.split('\n');
  return lines.length > 16 ? [...lines.slice(0, 15), ''].join('\n') : text;
}

describe('every example of the help', () => {
  it('runs as it is written on the real service, says nothing on stderr but notices, and prints what the docs show', async () => {
    const examples = inOrder(await everyLeaf()).flatMap(({ path, spec }) =>
      spec.examples.filter(({ norun }) => norun === undefined).map((example) => ({ path, ...example })),
    );
    const problems: string[] = [];
    const captured: Record<string, string> = {};
    let related = false;
    // An engine does not go while a worker has something of it.
    let finished: string | undefined;
    for (const { path, cmd, expect: code = 0 } of examples) {
      if (!path.endsWith('create') && !related) {
        related = true;
        for (const edge of RELATED) await ureg(['api', 'POST', 'relationships', '--data', JSON.stringify(edge)]);
      }
      const prepared = path === 'engine delete' ? finished : PREPARED[path];
      if (prepared !== undefined) expect([prepared, (await ureg(shellWords(prepared))).stderr]).toEqual([prepared, '']);
      const [words = '', file] = cmd.split(' < ');
      const ended = await ureg(shellWords(words), file === undefined ? '' : FILES[file]);
      if (ended.code !== code) problems.push(`${cmd}: ended with ${ended.code}: ${ended.stderr}`);
      if (/error|warn(?!ing: this (?:key|secret) is shown once)/i.test(ended.stderr))
        problems.push(`${cmd}: ${ended.stderr}`);
      if (ended.code === 0 && /-o json(?!l)/.test(cmd)) JSON.parse(ended.stdout);
      if (path === 'engine workload lease') {
        const [{ id, lease_token }] = [JSON.parse(ended.stdout)].flat() as { id: string; lease_token: string }[];
        finished = `engine workload complete engine_inference ${id} --lease ${lease_token}`;
        // All that is shown in between may take longer than the minute it was leased for.
        await ureg(shellWords(`engine workload heartbeat engine_inference ${id} --lease ${lease_token} --for 1h`));
      }
      if (!UNSTEADY.has(path)) captured[cmd] = firstLines(normalised(ended.stdout));
    }
    expect(problems).toEqual([]);
    // CAPTURE=1 keeps what was printed for the docs; then run node scripts/cli-docs.mjs.
    const text = `${JSON.stringify(captured, null, 2)}\n`;
    if (process.env.CAPTURE) writeFileSync(CAPTURED, text);
    expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(CAPTURED, 'utf8')));
  });
});

describe('every command line of the other pages', () => {
  /** In their order, with what they print. */
  const TRIED_ELSEWHERE = ['README.md', 'docs/tour.md'];
  /** What they speak of. */
  const SPOKEN_OF = [
    { kind: 'entry', type: 'service', name: 'checkout' },
    { kind: 'entry', type: 'resource', name: 'postgres', title: 'PostgreSQL of the shop' },
    { kind: 'relationship', source_id: 'svc_checkout', target_id: 'resource_postgres', type: 'depends_on' },
  ];
  const shell = (script: string): Promise<string> => {
    const { program, service } = own;
    const PATH = `${program.folder}:${process.env.PATH}`;
    const env = { PATH, HOME: program.home, UREG_SERVER: service.url, KEY: service.adminKey };
    const here = script.replaceAll('localhost:8080', new URL(service.url).host);
    return new Promise((resolve) => {
      execFile('bash', ['-c', here], { cwd: program.home, env }, (error, _, stderr) => resolve(error ? stderr : ''));
    });
  };

  it('works as it stands there, or says why it cannot', async () => {
    await ureg(['import', '-'], SPOKEN_OF.map((line) => JSON.stringify(line)).join('\n'));
    const wrong: string[] = [];
    const passedOver = isThere('curl') ? /^$/ : /^curl\b/;
    for (const { file, text, norun } of documentedLines()) {
      if (TRIED_ELSEWHERE.includes(file) || norun !== undefined || passedOver.test(text)) continue;
      const said = await shell(text);
      if (said !== '') wrong.push(`${file}: ${text}: ${said}`);
    }
    expect(wrong).toEqual([]);
  });
});
