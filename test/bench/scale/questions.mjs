// What is asked of a large catalog, with what is aimed at.
import { expectedHits, searchClasses } from './searches.mjs';

const rowsOf = async (client, sql) => (await client.query(sql)).rows;
const SOME = 'ORDER BY md5(e.id::text) LIMIT 200';

/** Entries of all sorts, the one most is related to, and pairs of entries. */
async function samples(client) {
  const entries = await rowsOf(client, `SELECT uid, name, kind FROM entry e ${SOME}`);
  const linked = await rowsOf(
    client,
    `SELECT uid FROM entry e JOIN entry_degree d ON d.entry_id = e.id WHERE d.out_degree > 0 ${SOME}`,
  );
  const [hub] = await rowsOf(
    client,
    'SELECT uid, d.in_degree FROM entry e JOIN entry_degree d ON d.entry_id = e.id ORDER BY d.in_degree DESC, id LIMIT 1',
  );
  const pairs = linked.map(({ uid }, i) => [uid, linked[(i + 77) % linked.length].uid]);
  return { entries, linked, hub, pairs };
}

const of = (rows, path) => rows.map((row) => ({ path: path(row) }));

function reads({ entries }) {
  const lists = ['type=agent', 'type=model&status=active', 'sort=-updated_at', 'owner=team-7', 'tag=share-1'];
  return [
    { group: 'catalog', title: 'entry by id', aim: { p95: 5 }, requests: of(entries, ({ uid }) => `/entities/${uid}`) },
    {
      group: 'catalog',
      title: 'entry by key',
      requests: of(entries, ({ kind, name }) => `/entities/${kind}_${encodeURIComponent(name)}`),
    },
    { group: 'catalog', title: 'list of 50, with filters', requests: of(lists, (filter) => `/entities?limit=50&${filter}`) }, // prettier-ignore
  ];
}

function graph({ linked, hub, pairs }) {
  const ends = ([source, target]) => `source=${source}&target=${target}`;
  return [
    { title: 'neighbours', requests: of(linked, ({ uid }) => `/graph/neighbors/${uid}?limit=100`) },
    { title: `neighbours of a hub of ${hub.in_degree}`, requests: [{ path: `/graph/neighbors/${hub.uid}?limit=100` }] },
    { title: 'depth 3', aim: { p95: 50 }, requests: of(linked, ({ uid }) => `/graph?root_id=${uid}&depth=3`) },
    {
      title: 'depth 3, both ways, 2,000 entries',
      aim: { p95: 50 },
      requests: of(linked, ({ uid }) => `/graph?root_id=${uid}&depth=3&direction=both&limit=2000`),
    },
    { title: 'dependencies, 1,000 at most', requests: of(linked, ({ uid }) => `/graph/dependencies/${uid}?limit=1000`) }, // prettier-ignore
    { title: 'impact, 1,000 at most', requests: of(linked, ({ uid }) => `/graph/impact/${uid}?limit=1000`) },
    {
      title: 'shortest path',
      aim: { median: 50 },
      ends: ['graph.no_path'],
      requests: of(pairs, (pair) => `/graph/path?${ends(pair)}`),
    },
    {
      title: 'shortest path, both ways',
      aim: { median: 50 },
      requests: of(pairs, (pair) => `/graph/path?${ends(pair)}&direction=both`),
    },
    { title: 'all paths of 4 steps', requests: of(pairs, (pair) => `/graph/paths?${ends(pair)}&max_depth=4`) },
    { title: 'suggested relationships', requests: of(linked, ({ uid }) => `/graph/suggestions/${uid}`) },
  ].map((one) => ({ group: 'graph', ...one }));
}

function wholeGraph({ linked }) {
  const [{ uid }] = linked;
  return ['/graph/components', '/graph/components?connection=strong', '/graph/communities', `/graph/centrality/${uid}`, '/graph/centrality?metric=betweenness&limit=10'] // prettier-ignore
    .map((path) => ({ group: 'whole graph', title: path.replace(uid, '{id}'), once: true, requests: [{ path }] }));
}

function writes({ linked }) {
  const run = Date.now().toString(36);
  const service = (name) => ({
    type: 'service',
    name,
    title: 'A service of the benchmark',
    description: 'Takes orders and answers them.',
    tags: ['bench', 'orders'],
    metadata: { tier: 1, team: 'checkout' },
  });
  /** Every pair once. */
  const pair = (n) => {
    const source = n % linked.length;
    const target = (source + 1 + Math.floor(n / linked.length)) % linked.length;
    return { source_id: linked[source].uid, target_id: linked[target].uid, type: `bench_${run}` };
  };
  return [
    {
      title: 'relate two entries',
      aim: { p95: 8 },
      requests: (n) => ({ method: 'POST', path: '/relationships', body: pair(n) }),
    },
    {
      title: 'register an entry',
      aim: { p95: 15 },
      requests: (n) => ({ method: 'POST', path: '/entities', body: service(`bench-${run}-${n}`) }),
    },
    {
      title: 'register 100 entries at once',
      aim: { p95: 200 },
      requests: (n) => ({
        method: 'POST',
        path: '/entities/bulk',
        body: Array.from({ length: 100 }, (_, i) => service(`bench-bulk-${run}-${n}-${i}`)),
      }),
    },
  ].map((one) => ({ group: 'writes', ...one }));
}

const MODES = ['hybrid', 'text', 'vector'];
const AIMS = { hybrid: { p95: 100 }, text: {}, vector: { p95: 35 } };

async function searches(client) {
  const classes = Object.entries(await searchClasses(client));
  return MODES.flatMap((mode) =>
    classes.map(([title, bodies]) => ({
      group: `search, ${mode}`,
      title,
      aim: AIMS[mode],
      mode,
      requests: bodies.map((body) => ({ method: 'POST', path: '/search', body: { ...body, mode, limit: 10 } })),
      check: bodies[0].filters && enoughHits(client),
    })),
  );
}

/** A filter never costs hits: where ten pass it, ten come. */
function enoughHits(client) {
  const known = new Map();
  return async ({ body, headers }, { body: asked }) => {
    const key = JSON.stringify(asked);
    if (!known.has(key)) known.set(key, await expectedHits(client, asked, headers['x-search-mode']));
    return body.length < known.get(key) ? 'fewer hits than there are' : undefined;
  };
}

function completions({ entries }) {
  const beginnings = [2, 3, 4, 6, 9].flatMap((letters) =>
    entries.slice(0, 40).map(({ name }) => name.slice(0, letters)),
  );
  return [
    {
      group: 'search, completion',
      title: 'beginnings of names',
      aim: { p95: 10 },
      requests: of(beginnings, (text) => `/search/suggest?q=${encodeURIComponent(text)}`),
    },
    { group: 'search, completion', title: 'related entries', requests: of(entries, ({ uid }) => `/entities/${uid}/related`) }, // prettier-ignore
  ];
}

/** In the order they are asked: what writes comes last. */
export async function questions(client) {
  const found = await samples(client);
  return [
    ...reads(found),
    ...(await searches(client)),
    ...completions(found),
    ...graph(found),
    ...wholeGraph(found),
    ...writes(found),
  ];
}
