import { readUserConfig, userConfigPath } from '../core/config-file.js';
import type { RegistryClient, RegistryRequest } from '../core/client.js';
import type { KindName, Named } from '../spec/types.js';

/** Something that can stand in the word that is being typed. */
export interface Candidate {
  name: string;
  /** What an id alone does not say; one line. */
  about?: string;
}

export interface Wanted {
  what: string;
  /** What was typed so far. */
  prefix: string;
  /** The argument before: whose instances, versions, … are wanted. */
  of: string;
}

type Row = Record<string, unknown>;

type Asked = Pick<RegistryRequest, 'path' | 'query'>;

interface Source {
  request: (wanted: Wanted) => Asked;
  /** What else is asked at the same time; it adds to the answer. */
  also?: (wanted: Wanted) => Asked | undefined;
  /** Of an answer that is no list. */
  rows?: (answer: Row) => Row[];
  name: (row: Row, wanted: Wanted) => unknown;
  about?: (row: Row) => readonly unknown[];
}

const MOST = 50;
/** What begins as it was typed may be further down. */
const MOST_SEARCHED = 1000;
const MOST_RECENT = 200;
const MOST_TOLD = 100;

const limitFor = ({ prefix }: Wanted): number => (prefix === '' ? MOST : MOST_SEARCHED);
const part = encodeURIComponent;

/**
 * Of those last changed, and of what search completes the name to: `q` of a list finds whole words only. Behind the @ of
 * a version, of all of that name.
 */
const entriesAt = (path: string, isName = false): Source => ({
  request: ({ prefix }) => {
    const [name = '', version] = nameIn(prefix, isName).split('@');
    if (version !== undefined) return { path, query: { name, limit: MOST_SEARCHED } };
    return { path, query: { limit: prefix === '' ? MOST : MOST_RECENT, sort: '-updated_at' } };
  },
  also: ({ prefix }) => {
    const q = nameIn(prefix, isName);
    return q === '' || q.includes('@') ? undefined : { path: 'search/suggest', query: { q, limit: MOST } };
  },
  name: ({ key }) => key,
});

/** `checkout` of `svc_checkout`; nothing while the key's prefix is being typed. */
const nameIn = (prefix: string, isName: boolean): string =>
  isName ? prefix : prefix.includes('_') ? prefix.slice(prefix.indexOf('_') + 1) : '';

const operationsOf = (path: string): Source => ({
  request: (wanted) => ({ path: `${path}/${part(wanted.of)}/operations`, query: { limit: limitFor(wanted) } }),
  name: ({ id }) => id,
  about: ({ verb, state, created_at: at }) => [verb, state, at],
});

const KIND_PATHS: Record<KindName, string> = {
  service: 'services',
  engine: 'engines',
  component: 'components',
  registry: 'registries',
  plugin: 'plugins',
  'feature-flag': 'features',
  config: 'config',
  grid: 'grid/nodes',
  mesh: 'mesh/routes',
};

/** Entries of each kind, and the settings of one of them: `pool.size` of `{ config: { pool: { size: 20 } } }`. */
const OF_KINDS = Object.fromEntries(
  Object.entries(KIND_PATHS).flatMap(([kind, path]): [string, Source][] => [
    [kind, entriesAt(path)],
    [
      `${kind}-setting`,
      {
        request: ({ of }) => ({ path: `${path}/${part(of)}/config` }),
        rows: ({ config }) => keysOf(config).map((key) => ({ key })),
        name: ({ key }) => key,
      },
    ],
  ]),
) as Record<KindName | `${KindName}-setting`, Source>;

const SOURCES: Record<Exclude<Named, 'profile'>, Source> = {
  entry: entriesAt('entities'),
  ...OF_KINDS,
  // Values are asked for by their keys, whatever the scope: by what is typed, with the prefix or without.
  config: {
    request: () => ({ path: 'config', query: { limit: 1000, sort: 'name' } }),
    name: ({ name }, { prefix }) => `${prefix.startsWith('cfg_') ? 'cfg_' : ''}${String(name)}`,
  },
  'service-name': {
    ...entriesAt('services', true),
    name: ({ name, type, text }) => name ?? (type === 'service' ? text : undefined),
  },
  feature: { request: () => ({ path: 'feature-categories' }), name: ({ name }) => name },
  key: {
    request: () => ({ path: 'gateway/keys', query: { status: 'active', limit: 1000 } }),
    name: ({ name }) => name,
  },
  role: { request: () => ({ path: 'gateway/roles' }), name: ({ name }) => name },
  permission: { request: () => ({ path: 'gateway/permissions' }), name: ({ permission }) => permission },
  relationship: {
    request: (wanted) => ({ path: 'relationships', query: { limit: limitFor(wanted) } }),
    name: ({ id }) => id,
    about: ({ source_key: source, type, target_key: target }) => [source, `-${String(type)}->`, target],
  },
  rule: {
    request: () => ({ path: 'classification/rules' }),
    name: ({ id }) => id,
    about: ({ match, feature }) => [match, '->', feature],
  },
  feedback: {
    request: () => ({ path: 'ai/feedback', query: { limit: MOST } }),
    name: ({ id }) => id,
    about: ({ text, category, feature }) => [text, '->', category, feature],
  },
  segment: {
    request: (wanted) => ({ path: 'features/segments', query: { limit: limitFor(wanted) } }),
    name: ({ key }) => key,
    about: ({ name }) => [name],
  },
  'flag-revision': {
    request: ({ of }) => ({ path: `entities/${part(of)}/history`, query: { limit: MOST } }),
    name: ({ revision }) => revision,
    about: ({ type, actor, at }) => [type, actor, at],
  },
  draft: { request: () => ({ path: 'config/drafts' }), name: ({ name }) => name },
  'config-version': {
    request: ({ of }) => ({ path: `config/${part(of)}/history`, query: { limit: MOST } }),
    name: ({ version }) => version,
    about: ({ operation, actor, at, comment }) => [operation, actor, at, comment],
  },
  'mesh-version': {
    request: () => ({ path: 'mesh/versions', query: { limit: MOST } }),
    name: ({ version }) => version,
    about: ({ actor, at, note }) => [actor, at, note],
  },
  trace: {
    request: (wanted) => ({ path: 'mesh/traces', query: { limit: limitFor(wanted) } }),
    name: ({ trace_id: id }) => id,
    about: ({ root_service: service, root_name: name, duration_ms: ms }) => [service, name, `${String(ms)} ms`],
  },
  instance: {
    request: ({ of }) => ({ path: `services/${part(of)}/instances` }),
    name: ({ id }) => id,
    about: ({ host, port, status }) => [`${String(host)}:${String(port)}`, status],
  },
  workload: {
    request: (wanted) => ({ path: `engines/${part(wanted.of)}/workloads`, query: { limit: limitFor(wanted) } }),
    name: ({ id }) => id,
    about: ({ task, status }) => [task, status],
  },
  'service-operation': operationsOf('services'),
  'engine-operation': operationsOf('engines'),
  host: { request: () => ({ path: 'system/facts' }), name: ({ host }) => host },
};

/** What the registry has that begins with what was typed; of entries their keys. */
export async function candidates(client: RegistryClient, wanted: Wanted, timeoutMs: number): Promise<Candidate[]> {
  const source = SOURCES[wanted.what as KindName] as Source | undefined;
  if (!source) return [];
  const asked = [source.request(wanted), source.also?.(wanted)].filter((one) => one !== undefined);
  const answers = await Promise.allSettled(
    asked.map(({ path, query }) =>
      client.json<Row[] & Row>({ method: 'GET', path: `/api/v1/${path}`, query, timeoutMs }),
    ),
  );
  const rows = answers.flatMap((answer) =>
    answer.status === 'fulfilled' ? (source.rows?.(answer.value) ?? answer.value) : [],
  );
  return fitting(
    rows.map((row) => ({ name: String(source.name(row, wanted) ?? ''), about: lineOf(source.about?.(row) ?? []) })),
    wanted,
  );
}

/** What can be told without a registry; undefined of what is asked of one. */
export async function localCandidates(wanted: Wanted, env: NodeJS.ProcessEnv): Promise<Candidate[] | undefined> {
  const { what } = wanted;
  if (what === 'type' || what === 'status') {
    // Loaded here: it holds the fields of all kinds, which other names do without.
    const { entryWords } = await import('./values.js');
    const found = entryWords(what).map((name) => ({ name }));
    return fitting(found, wanted);
  }
  if (what !== 'profile') return undefined;
  const { profiles } = readUserConfig(userConfigPath(env));
  return fitting(
    Object.entries(profiles).map(([name, { server }]) => ({ name, about: lineOf([server]) })),
    wanted,
  );
}

/** Each once. A name with a blank in it would become several words; of control characters a terminal makes what it likes. */
function fitting(found: readonly Candidate[], { prefix }: Wanted): Candidate[] {
  const byName = new Map(found.map((candidate) => [candidate.name, candidate]));
  return [...byName.values()].filter(({ name }) => name !== '' && name.startsWith(prefix) && !/[\s\p{Cc}]/u.test(name));
}

function keysOf(value: unknown): string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inside]) => {
    const below = keysOf(inside).map((rest) => `${key}.${rest}`);
    return below.length > 0 ? below : [key];
  });
}

function lineOf(parts: readonly unknown[]): string | undefined {
  const words = parts.filter((one) => one !== null && one !== undefined && one !== '').map(String);
  const line = words
    .join(' ')
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  if (line === '') return undefined;
  return line.length > MOST_TOLD ? `${line.slice(0, MOST_TOLD - 1)}…` : line;
}
