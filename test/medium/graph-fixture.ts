import { v7 as uuid } from 'uuid';
import type { Answer, Json } from '../support/api-client.js';
import type { TestApp } from '../support/test-app.js';
import type { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import type { OracleEdge } from './graph-oracle.js';

/** A stored graph: the oracle's numbers and what the registry calls them. */
export interface StoredGraph {
  /** Inside id by number; place 0 is empty. */
  ids: number[];
  /** Number by inside id. */
  numbers: Map<number, number>;
  /** Public id by number. */
  uids: string[];
  /** Key of an entry. */
  key(number: number): string;
  number(key: string): number;
  /** Id of the stored relationship by the oracle's. */
  edgeIds: Map<number, number>;
}

let graphs = 0;

/** Stores entries 1 to `nodes` (services named `g<graph>-<number>`) and the edges between them. */
export async function storeGraph(uow: UnitOfWork, nodes: number, edges: readonly OracleEdge[]): Promise<StoredGraph> {
  const prefix = `g${++graphs}-`;
  const numbers = Array.from({ length: nodes }, (_, i) => i + 1);
  const uids = ['', ...numbers.map(() => uuid())];
  const rows = await uow.query<{ id: string; name: string }>(
    `INSERT INTO entry (uid, kind, name, status, checksum)
     SELECT u, 'service', n, 'running', 'x' FROM unnest($1::uuid[], $2::text[]) x(u, n) RETURNING id, name`,
    [uids.slice(1), numbers.map((number) => prefix + number)],
  );
  const ids: number[] = [-1];
  for (const { id, name } of rows) ids[Number(name.slice(prefix.length))] = Number(id);
  return {
    ids,
    uids,
    numbers: new Map(ids.map((id, number) => [id, number])),
    key: (number) => `svc_${prefix}${number}`,
    number: (key) => Number(key.slice(`svc_${prefix}`.length)),
    edgeIds: await storeEdges(uow, ids, edges),
  };
}

/** Stores edges between entries that are there. */
export async function storeEdges(
  uow: UnitOfWork,
  ids: readonly number[],
  edges: readonly OracleEdge[],
): Promise<Map<number, number>> {
  await uow.query('INSERT INTO relationship_type (name) SELECT DISTINCT unnest($1::text[]) ON CONFLICT DO NOTHING', [
    edges.map(({ type }) => type),
  ]);
  const stored = new Map<number, number>();
  for (let at = 0; at < edges.length; at += 10_000) {
    const some = edges.slice(at, at + 10_000);
    const rows = await uow.query<{ id: string; edge: string }>(
      `WITH given AS (
         SELECT x.*, t.id AS type_id FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::real[], $6::boolean[])
           AS x(edge, s, t, type, weight, b) JOIN relationship_type t ON t.name = x.type
       ), made AS (
         INSERT INTO relationship (source_id, target_id, type, weight, bidirectional)
         SELECT s, t, type_id, weight, b FROM given ORDER BY edge RETURNING id, source_id, target_id, type
       ) SELECT m.id, g.edge FROM made m JOIN given g ON g.s = m.source_id AND g.t = m.target_id AND g.type_id = m.type`,
      [
        some.map(({ id }) => id),
        some.map(({ source }) => ids[source]),
        some.map(({ target }) => ids[target]),
        some.map(({ type }) => type),
        some.map(({ weight }) => weight),
        some.map(({ bidirectional }) => bidirectional),
      ],
    );
    for (const { id, edge } of rows) stored.set(Number(edge), Number(id));
  }
  return stored;
}

/** A service, asked about the graph. */
export const graphApi = (app: TestApp) => ({
  get: (path: string, headers?: Record<string, string>): Promise<Answer> =>
    app.api.get(`/api/v1/graph${path}`, headers),
  store: (nodes: number, edges: readonly OracleEdge[]): Promise<StoredGraph> => storeGraph(app.uow, nodes, edges),
});
export type GraphApi = ReturnType<typeof graphApi>;

/** The numbers of answered entries, in order. */
export const numbersOf = (graph: StoredGraph, nodes: readonly Json[]): number[] =>
  nodes.map(({ key }) => graph.number(key));

export const linesOf = (text: string): Json[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
