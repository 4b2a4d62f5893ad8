// A service, asked every graph call about graphs that are made to be hard.
import { Client } from 'pg';
import { makeKey } from '../../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from '../native-postgres.mjs';
import { ServiceProcess } from '../service-process.mjs';

const LEAVES = Number(process.env.LEAVES ?? 200_000);
const CHAIN = 5_000;
const SIDE = Number(process.env.SIDE ?? 1_000);
const RUNGS = 1_000;

/** Entries 0 to `nodes` - 1, and the relationships between them as SQL over a series. */
const GRAPHS = {
  star: { nodes: LEAVES + 1, edges: `SELECT 0 AS s, n AS t FROM generate_series(1, ${LEAVES}) n` },
  chain: { nodes: CHAIN, edges: `SELECT n AS s, n + 1 AS t FROM generate_series(0, ${CHAIN - 2}) n` },
  bipartite: {
    nodes: 2 * SIDE,
    edges: `SELECT a AS s, ${SIDE} + b AS t FROM generate_series(0, ${SIDE - 1}) a, generate_series(0, ${SIDE - 1}) b`,
  },
  ladder: {
    nodes: 3 * RUNGS + 1,
    edges: `SELECT 3 * n + f AS s, 3 * n + t AS t FROM generate_series(0, ${RUNGS - 1}) n, (VALUES (0, 1), (0, 2), (1, 3), (2, 3)) d (f, t)`,
  },
};

/** What each call may take, in seconds: its own limit, and room for reading and writing the answer. */
const LIMITS = { walk: 15, closure: 70, path: 20, paths: 30, analysis: 90, other: 15 };

/** From and to where it is asked, by graph: the first entry and the last one. */
function questions(name, { nodes }) {
  const [first, last] = [`svc_${name}-0`, `svc_${name}-${nodes - 1}`];
  const ends = `source=${first}&target=${last}`;
  return [
    ['walk', `?root_id=${first}&depth=10`],
    ['walk', `?root_id=${last}&depth=10&direction=both&limit=10000`],
    ['walk', `?root_id=${first}&depth=10&include=constraints`],
    ['closure', `/dependencies/${first}?limit=100000`],
    ['closure', `/impact/${last}?limit=100000`],
    ['other', `/neighbors/${first}?limit=1000`],
    ['path', `/path?${ends}`],
    ['path', `/path?${ends}&weighted=true`],
    ['path', `/path?${ends}&direction=both`],
    ['paths', `/paths?${ends}&max_depth=10&limit=100`],
    ['paths', `/paths?${ends}&max_depth=10&limit=100&direction=both`],
    ['other', `/suggestions/${last}`],
    ['walk', `/export?format=graphml&root_id=${first}&depth=10&limit=10000`],
    ['analysis', `/centrality/${first}`],
  ];
}

const WHOLE = [
  ['analysis', '/centrality?metric=betweenness&limit=3'],
  ['analysis', '/communities?limit=5'],
  ['analysis', '/components'],
  ['analysis', '/components?connection=strong'],
  ['analysis', '/cycles'],
];

async function store(database, name, { nodes, edges }) {
  await database.query(
    `INSERT INTO entry (uid, kind, name, status, checksum)
     SELECT gen_random_uuid(), 'service', '${name}-' || n, 'running', 'x' FROM generate_series(0, ${nodes - 1}) n`,
  );
  await database.query(`
    INSERT INTO relationship (source_id, target_id, type)
    SELECT a.id, b.id, (SELECT id FROM relationship_type WHERE name = 'depends_on') FROM (${edges}) g
    JOIN entry a ON a.kind = 'service' AND a.name = '${name}-' || g.s
    JOIN entry b ON b.kind = 'service' AND b.name = '${name}-' || g.t`);
}

async function ask(service, adminKey, [limit, path]) {
  const began = performance.now();
  const response = await fetch(`${service.url}/api/v1/graph${path}`, { headers: { 'x-api-key': adminKey } });
  const text = await response.text();
  const seconds = (performance.now() - began) / 1000;
  const body = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {};
  const told =
    body.code ?? (body.truncated ? `${body.truncated.reason} at ${body.truncated.at_depth}` : tell(body, text));
  const isKnown =
    response.ok || ['graph.no_path', 'graph.too_large', 'graph.deadline', 'graph.computing'].includes(body.code);
  const isLate = seconds > LIMITS[limit];
  console.log(
    `${isLate || !isKnown ? 'NOT ' : ''}${String(response.status)} ${seconds.toFixed(1).padStart(5)} s  ${path}  ${told}`,
  );
  return isKnown && !isLate;
}

function tell(body, text) {
  const [first] = Array.isArray(body) ? body : [body];
  if (first?.exact === false) return `sample of ${first.sample_size}`;
  if (first?.modularity !== undefined) return `modularity ${first.modularity.toFixed(3)}, ${first.count} communities`;
  if (Array.isArray(body)) return `${body.length} rows`;
  const size = body.count ?? body.length ?? body.nodes?.length;
  return size === undefined ? `${text.length} bytes` : `${size}, whole`;
}

export async function proveAdversarial() {
  const cluster = process.env.DATABASE_URL
    ? undefined
    : await NativePostgres.start({ max_connections: 100, shared_buffers: '512MB', max_wal_size: '4GB' });
  const url = process.env.DATABASE_URL ?? cluster.url;
  const adminKey = makeKey('admin_key');
  let service;
  const database = new Client({ connectionString: url });
  try {
    const env = { DATABASE_URL: url, REGISTRY_ADMIN_KEY: adminKey, RATE_LIMIT_DEFAULT: 'off' };
    service = await ServiceProcess.start(env);
    await database.connect();
    for (const [name, graph] of Object.entries(GRAPHS)) await store(database, name, graph);
    await database.query('ANALYZE');
    const asked = [...WHOLE, ...Object.entries(GRAPHS).flatMap(([name, graph]) => questions(name, graph))];
    const results = [];
    for (const question of asked) results.push(await ask(service, adminKey, question));
    const failed = results.filter((held) => !held).length;
    console.log(`${results.length} calls, ${failed} failed or late; the service takes ${await memoryOf(service.pid)}`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    await database.end().catch(() => undefined);
    await service?.stop();
    await cluster?.stop();
  }
}

async function memoryOf(pid) {
  const { readFile } = await import('node:fs/promises');
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const peak = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  return peak ? `${Math.round(Number(peak) / 1024)} MiB at most` : 'an unknown amount of memory';
}
