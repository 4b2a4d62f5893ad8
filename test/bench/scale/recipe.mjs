// A catalog of any size, made by a fixed recipe from the texts of a package index: the same sizes give the same catalog.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const SEED = 20261;
/** Relationships point into the entry's own block of so many half of the time: communities that are known beforehand. */
export const BLOCK = 500;
/** Rank-size law of how often an entry is pointed at: `1 / (rank + SHIFT) ** SLOPE`. */
const SHIFT = 20;
const SLOPE = 0.95;
const SUFFIXES = [
  'core',
  'plugin',
  'tools',
  'server',
  'client',
  'data',
  'api',
  'agent',
  'worker',
  'gateway',
  'store',
  'sync',
];
const CATEGORIES = [
  'agent', 'model', 'skill', 'prompt', 'embedding', 'memory', 'api', 'integration', 'resource', 'infrastructure',
  'pipeline', 'webhook', 'dataset', 'knowledge', 'search', 'event_schema', 'task_schema', 'workflow', 'organization',
  'user', 'team', 'template', 'widget', 'notification', 'mesh_node', 'system',
]; // prettier-ignore
const STATUSES = [['active', 0.85], ['inactive', 0.07], ['deprecated', 0.05], ['failed', 0.03]]; // prettier-ignore
const TYPES = [['depends_on', 0.55], ['calls', 0.25], ['requires', 0.08], ['belongs_to', 0.07], ['replicates_to', 0.05]]; // prettier-ignore
/** Tags that so large a share of the entries has: filters of known selectivity. */
export const SHARES = { 'share-0.1': 0.001, 'share-1': 0.01, 'share-10': 0.1, 'share-50': 0.5 };

/** Numbers from 0 to 1, always the same (sfc32). */
export function seeded(seed) {
  let [a, b, c, d] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

const chosen = (random, shares) => {
  let left = random();
  for (const [value, share] of shares) if ((left -= share) < 0) return value;
  return shares[0][0];
};

function zipf(size, slope) {
  const weights = Array.from({ length: size }, (_, i) => 1 / (i + 1) ** slope);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Name, heading and sentences of every package of an index (JSON lines, gzip or not). */
export function textsOf(file) {
  const bytes = readFileSync(file);
  const lines = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8').split('\n').filter(Boolean);
  const names = new Set();
  const texts = lines.map((line) => {
    const { name, summary = '', description = '', tags = [], section } = JSON.parse(line);
    const sentences = description.replaceAll(/\s+/g, ' ').split(/(?<=\.) /);
    return {
      name: name.replaceAll(/[^a-z0-9._+-]/g, '-').slice(0, 90),
      title: summary.slice(0, 200),
      sentence: (sentences.find((sentence) => sentence.length > 40) ?? description).slice(0, 400),
      tags: [section, ...tags.slice(0, 3).map((tag) => tag.split('::').at(-1))].filter(Boolean),
    };
  });
  return texts.filter(({ name }) => !names.has(name) && names.add(name));
}

/** Of each entry how many relationships it has: log-normal, `relationships` together but for what is rounded. */
function degrees(entries, relationships, random) {
  const weights = new Float64Array(entries);
  let sum = 0;
  for (let i = 0; i < entries; i++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    sum += weights[i] = Math.exp(normal);
  }
  const most = Math.floor((entries - 1) / 2);
  return weights.map((weight) => Math.min(most, Math.floor((weight / sum) * relationships + random())));
}

function shuffled(size, random) {
  const order = Uint32Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

/**
 * Relationships by source, ids from 1, in pieces of text for COPY (source, target, type, weight, bidirectional). Counts in
 * `pointedAt` how often each entry is pointed at, and in `total` how many there are.
 */
export function* relationshipRows({ entries, relationships, typeIds, told }) {
  const random = seeded(SEED);
  const count = degrees(entries, relationships, random);
  const popular = shuffled(entries, random);
  const [low, high] = [SHIFT ** (1 - SLOPE), (entries + SHIFT) ** (1 - SLOPE)];
  // The law turned around: its integral is a power.
  const byRank = () => popular[Math.min(entries - 1, Math.floor((low + random() * (high - low)) ** (1 / (1 - SLOPE)) - SHIFT))]; // prettier-ignore
  let text = '';
  for (let source = 0; source < entries; source++) {
    const first = source - (source % BLOCK);
    const size = Math.min(BLOCK, entries - first);
    const targets = new Set();
    for (let tries = 0; targets.size < count[source] && tries < 4 * count[source] + 16; tries++) {
      const target = random() < 0.5 ? byRank() : first + Math.floor(random() * size);
      if (target !== source) targets.add(target);
    }
    for (const target of targets) {
      const type = chosen(random, TYPES);
      const bidirectional = type === 'replicates_to' ? 't' : 'f';
      text += `${source + 1}\t${target + 1}\t${typeIds.get(type)}\t${1 + Math.floor(random() * 5)}\t${bidirectional}\n`;
      told.pointedAt[target]++;
    }
    told.total += targets.size;
    if (text.length > 1 << 18) {
      yield text;
      text = '';
    }
  }
  if (text) yield text;
}

const hex = (random, digits) => Math.floor(random() * 16 ** digits).toString(16).padStart(digits, '0'); // prettier-ignore
const escaped = (text) => text.replaceAll('\\', '\\\\').replaceAll('\t', ' ').replaceAll('\n', ' ').replaceAll('\r', ' '); // prettier-ignore
const arrayOf = (tags) => `{${tags.map((tag) => JSON.stringify(tag)).join(',')}}`;

/** As the service's own upkeep has it. */
const popularityOf = (pointedAt) => Math.round(10 * Math.log(1 + pointedAt)) / 10;

export const ENTRY_COLUMNS = 'id, uid, kind, name, title, description, feature, status, health, owner, tags, metadata, popularity, checksum, created_at, updated_at'; // prettier-ignore
const FEATURES = ['ai-ml', 'security', 'observability', 'data', 'networking', 'storage', 'integration', 'ui-ux'];
const MADE_AT = Date.UTC(2026, 0, 1);

/** Entries as pieces of text for COPY. What goes beyond the texts is named after one, and has a sentence of another. */
export function* entryRows({ entries, texts, pointedAt }) {
  const random = seeded(SEED + 1);
  const kinds = zipf(CATEGORIES.length, 0.8).map((share, i) => [CATEGORIES[i], share]);
  const features = zipf(FEATURES.length, 0.8).map((share, i) => [FEATURES[i], share]);
  const owners = zipf(200, 1).map((share, i) => [`team-${i + 1}`, share]);
  let text = '';
  for (let i = 0; i < entries; i++) {
    const own = texts[i % texts.length];
    const round = Math.floor(i / texts.length);
    const other = texts[Math.floor(random() * texts.length)];
    const name = round === 0 ? own.name : `${own.name}-${SUFFIXES[round % SUFFIXES.length]}.${round}`;
    const chance = random();
    const shares = Object.entries(SHARES).flatMap(([tag, share]) => (chance < share ? [tag] : []));
    const at = new Date(MADE_AT + i * 20).toISOString();
    const stamp = (MADE_AT + i * 20).toString(16).padStart(12, '0');
    const row = [
      i + 1,
      `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`,
      chosen(random, kinds),
      name,
      escaped(own.title),
      escaped(round === 0 ? own.sentence : `${own.sentence} ${other.sentence}`),
      chosen(random, features),
      chosen(random, STATUSES),
      'healthy',
      chosen(random, owners),
      escaped(arrayOf([...new Set([...own.tags, ...shares])])),
      `{"tier": ${i % 4}, "batch": ${i % 1000}}`,
      popularityOf(pointedAt[i]),
      `${hex(random, 12)}${hex(random, 12)}`,
      at,
      at,
    ];
    text += `${row.join('\t')}\n`;
    if (text.length > 1 << 18) {
      yield text;
      text = '';
    }
  }
  if (text) yield text;
}
