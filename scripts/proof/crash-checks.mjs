// What must hold after a crash: every acknowledged write, nothing half, and a feed without a gap.
import { setTimeout as pause } from 'node:timers/promises';

/** Everything of a list, page by page. */
async function all(service, key, path) {
  const rows = [];
  for (let next = path; next;) {
    const response = await fetch(`${service.url}${next}`, { headers: { 'x-api-key': key } });
    if (!response.ok) throw new Error(`${next}: ${response.status} ${await response.text()}`);
    const page = await response.json();
    rows.push(...page);
    next = page.length > 0 ? /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] : undefined;
  }
  return rows;
}

/** Whole feed, read until nothing new comes for a second. */
async function feed(service, key) {
  const events = [];
  for (let quiet = 0; quiet < 10;) {
    const since = events.at(-1)?.seq ?? 0;
    const response = await fetch(`${service.url}/api/v1/events?since=${since}&limit=1000`, {
      headers: { 'x-api-key': key },
    });
    if (!response.ok) throw new Error(`events: ${response.status} ${await response.text()}`);
    const page = await response.json();
    events.push(...page);
    quiet = page.length > 0 ? 0 : quiet + 1;
    if (page.length === 0) await pause(100);
  }
  return events;
}

/** Compares the ledger with the catalog. Answers what is wrong, in sentences. */
function checkEntities(ledger, entries) {
  const wrong = [];
  const there = new Map(entries.map((entry) => [entry.name, entry]));
  for (const [name, known] of ledger.entities) {
    const entry = there.get(name);
    if (!entry) wrong.push(`${name} was acknowledged and is lost`);
    else if (entry.revision === known.revision + 1 && known.next === entry.title)
      ledger.entities.set(name, { revision: entry.revision, title: entry.title });
    else if (entry.revision !== known.revision || entry.title !== known.title)
      wrong.push(`${name} is at ${entry.revision} ${entry.title}, acknowledged was ${known.revision} ${known.title}`);
    else delete known.next;
  }
  for (const name of ledger.removed) if (there.has(name)) wrong.push(`${name} was removed and is back`);
  for (const names of ledger.unknownBulks) {
    const found = names.filter((name) => there.has(name));
    if (found.length !== 0 && found.length !== names.length)
      wrong.push(`${found.length} of ${names.length} entries of one atomic bulk are there`);
    for (const name of found)
      ledger.entities.set(name, { revision: there.get(name).revision, title: there.get(name).title });
  }
  ledger.unknownBulks = [];
  const expected = new Set([...ledger.entities.keys(), ...ledger.unknownRemovals]);
  for (const name of there.keys()) if (!expected.has(name)) wrong.push(`${name} is there and nobody was told so`);
  return wrong;
}

function checkFeed(events, entries, edges) {
  const wrong = [];
  events.forEach((event, n) => {
    if (Number(event.seq) !== n + 1) wrong.push(`event ${n + 1} has seq ${event.seq}`);
  });
  const alive = new Map();
  const related = new Set();
  for (const { type, entity, relationship } of events) {
    if (type === 'entity_created' && alive.has(entity.id)) wrong.push(`${entity.key} was created twice`);
    if (type === 'entity_updated' && alive.get(entity.id) !== entity.revision - 1)
      wrong.push(`${entity.key} jumped from revision ${alive.get(entity.id)} to ${entity.revision}`);
    if (type === 'entity_created' || type === 'entity_updated') alive.set(entity.id, entity.revision);
    if (type === 'entity_deleted') alive.delete(entity.id);
    if (type === 'relationship_created') related.add(relationship.id);
    if (type === 'relationship_deleted') related.delete(relationship.id);
  }
  for (const entry of entries)
    if (alive.get(entry.id) !== entry.revision)
      wrong.push(`${entry.key} is at ${entry.revision}, its events at ${alive.get(entry.id)}`);
  if (alive.size !== entries.length) wrong.push(`${alive.size} entries by events, ${entries.length} by the catalog`);
  if (related.size !== edges.length || edges.some((edge) => !related.has(edge.id)))
    wrong.push(`${related.size} relationships by events, ${edges.length} by the catalog`);
  return wrong.slice(0, 20);
}

/** Answers what is wrong (nothing, if all is well) and how much there was to check. */
export async function check(service, key, ledger) {
  const entries = await all(service, key, '/api/v1/entities?limit=1000&sort=name');
  const edges = await all(service, key, '/api/v1/relationships?limit=1000');
  const events = await feed(service, key);
  const stats = await (await fetch(`${service.url}/api/v1/stats`, { headers: { 'x-api-key': key } })).json();
  const wrong = [
    ...checkEntities(
      ledger,
      entries.filter((entry) => entry.type === 'service'),
    ),
    ...checkFeed(events, entries, edges),
  ];
  const names = new Set(edges.map((edge) => `${edge.source_key.slice(4)}>${edge.target_key.slice(4)}`));
  for (const edge of ledger.edges)
    if (!names.has(edge) && !edge.split('>').some((name) => ledger.unknownRemovals.has(name)))
      wrong.push(`${edge} was acknowledged and is lost`);
  if (stats.total_entities !== entries.length)
    wrong.push(`the counters say ${stats.total_entities} entries, there are ${entries.length}`);
  if (stats.total_relationships !== edges.length)
    wrong.push(`the counters say ${stats.total_relationships} relationships, there are ${edges.length}`);
  return { wrong, entries: entries.length, edges: edges.length, events: events.length };
}
