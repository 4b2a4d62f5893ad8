import { Injectable } from '@nestjs/common';
import { filterConditions } from '../../entries/entry-filter.js';
import type { EntryFilter } from '../../entries/entry-filter.js';
import type { Neighbour, VectorIndexSize } from '../../entries/vectors/vector-search.js';
import { visible } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { EmbeddingIndex } from './embedding-index.repository.js';
import { vectorText } from './embedding.repository.js';

/** What is asked of an index, which the caller has made sure is the vector's own. */
export interface VectorQuestion {
  index: EmbeddingIndex;
  vector: Float32Array;
  filter: EntryFilter;
  without: readonly string[];
  limit: number;
}

/** How many candidates the graph keeps while it is walked: more find more of the true neighbours and take longer. */
const LEAST_CANDIDATES = 200;
const MOST_CANDIDATES = 1000;
/** So many vectors are looked at until the filter has let enough pass; then the exact way is taken. */
const MOST_SCANNED = 20_000;
const LONGEST_STATEMENT_MS = 5000;

interface NeighbourRow {
  id: string;
  distance: number;
}

const neighbourOf = ({ id, distance }: NeighbourRow): Neighbour => ({ id, similarity: 1 - distance });

/** The two ways to the nearest vectors. What the caller may not see is left out inside of both. */
@Injectable()
export class VectorSearchRepository {
  /** As the index has it: the embedded database's is one of 32-bit numbers. */
  private readonly distance: string;

  constructor(private readonly uow: UnitOfWork) {
    this.distance = uow.embedded ? 'm.embedding::vector(384) <=> $1::vector(384)' : 'm.embedding <=> $1::halfvec(384)';
  }

  /** Where fewer pass the filter, all their distances cost less than a walk that meets few of them. */
  get exactBelow(): number {
    return this.uow.embedded ? 2000 : 10_000;
  }

  /** The planner's estimate of the vectors that pass the filter: a look at statistics, not at rows. */
  async estimate({ index, filter }: VectorQuestion): Promise<number> {
    const values: unknown[] = [];
    const conditions = filterConditions(filter, values);
    const from = conditions === 'true' ? `entry_embedding_${index.slot}` : `entry e WHERE ${conditions}`;
    const [row] = await this.uow.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
      `EXPLAIN (FORMAT JSON) SELECT 1 FROM ${from}`,
      values,
    );
    return row['QUERY PLAN'][0].Plan['Plan Rows'];
  }

  /** Filter first, then every distance: exact, and quick where little passes. */
  exact(question: VectorQuestion): Promise<Neighbour[]> {
    const values: unknown[] = [vectorText(question.vector)];
    const sql = `
      SELECT id, distance FROM (
        SELECT m.entry_id AS id, ${this.distance} AS distance ${this.from(question, values)} AND m.embedding IS NOT NULL OFFSET 0
      ) d ORDER BY distance, id LIMIT ${Number(question.limit)}`;
    return this.bounded({}, async () => (await this.uow.query<NeighbourRow>(sql, values)).map(neighbourOf));
  }

  /**
   * A walk of the HNSW graph that goes on until enough have passed the filter (pgvector's iterative scan), nearest first
   * only by and large; so what it found is sorted again.
   */
  approximate(question: VectorQuestion): Promise<Neighbour[]> {
    const values: unknown[] = [vectorText(question.vector)];
    const sql = `
      WITH near AS MATERIALIZED (
        SELECT m.entry_id AS id, ${this.distance} AS distance ${this.from(question, values)}
        ORDER BY ${this.distance} LIMIT ${Number(question.limit)}
      )
      SELECT id, distance FROM near ORDER BY distance, id`;
    const candidates = Math.min(MOST_CANDIDATES, Math.max(LEAST_CANDIDATES, 2 * question.limit));
    const settings = {
      'hnsw.ef_search': String(candidates),
      'hnsw.iterative_scan': 'relaxed_order',
      'hnsw.max_scan_tuples': String(MOST_SCANNED),
      // The order of the graph is the point of it: no plan that sorts.
      enable_seqscan: 'off',
      enable_sort: 'off',
      enable_hashjoin: 'off',
      enable_mergejoin: 'off',
    };
    return this.bounded(settings, async () => (await this.uow.query<NeighbourRow>(sql, values)).map(neighbourOf));
  }

  async vectorOfEntry(index: EmbeddingIndex, id: string): Promise<Float32Array | undefined> {
    const values: unknown[] = [id];
    const [row] = await this.uow.query<{ embedding: string }>(
      `SELECT m.embedding::text AS embedding FROM entry_embedding_${index.slot} m
       WHERE m.entry_id = $1 AND m.embedding IS NOT NULL AND ${visible('m.entry_id', values)}`,
      values,
    );
    return row && Float32Array.from(JSON.parse(row.embedding) as number[]);
  }

  /** How near these entries are, in no order. */
  async similarities(index: EmbeddingIndex, vector: Float32Array, ids: readonly string[]): Promise<Neighbour[]> {
    const values: unknown[] = [vectorText(vector), ids];
    const rows = await this.uow.query<NeighbourRow>(
      `SELECT m.entry_id AS id, ${this.distance} AS distance FROM entry_embedding_${index.slot} m
       WHERE m.entry_id = ANY($2::bigint[]) AND m.embedding IS NOT NULL AND ${visible('m.entry_id', values)}`,
      values,
    );
    return rows.map(neighbourOf);
  }

  /** The entries at or after places evenly spread over the ids. */
  async sample({ slot }: EmbeddingIndex, count: number): Promise<string[]> {
    const rows = await this.uow.query<{ id: string }>(
      `WITH ends AS (SELECT min(entry_id) AS first, max(entry_id) AS last FROM entry_embedding_${slot})
       SELECT DISTINCT at.entry_id AS id FROM ends, generate_series(0, $1::int - 1) AS n,
         LATERAL (SELECT m.entry_id FROM entry_embedding_${slot} m
           WHERE m.entry_id >= ends.first + (ends.last - ends.first) * n / greatest($1::int, 1) AND m.embedding IS NOT NULL
           ORDER BY m.entry_id LIMIT 1) at`,
      [count],
    );
    return rows.map(({ id }) => id);
  }

  async size({ slot, model, filledTo }: EmbeddingIndex, state: VectorIndexSize['state']): Promise<VectorIndexSize> {
    const values: unknown[] = [filledTo];
    const [row] = await this.uow.query<{ vectors: string; backlog: string; bytes: string }>(
      `SELECT m.vectors, greatest(e.entries - m.rows, e.beyond) AS backlog,
         pg_total_relation_size('entry_embedding_${slot}') AS bytes
       FROM (SELECT count(*) AS rows, count(embedding) AS vectors FROM entry_embedding_${slot} v
             WHERE ${visible('v.entry_id', values)}) m,
            (SELECT count(*) AS entries, count(*) FILTER (WHERE n.id > $1) AS beyond FROM entry n
             WHERE ${visible('n.id', values)}) e`,
      values,
    );
    const { vectors, backlog, bytes } = row;
    return { model, state, vectors: Number(vectors), backlog: Number(backlog), size_bytes: Number(bytes) };
  }

  /** The vectors (alias m) of entries (alias e) that may be answered; entries are joined only where the filter asks for it. */
  private from({ index, filter, without }: VectorQuestion, values: unknown[]): string {
    const conditions = filterConditions(filter, values);
    const join = conditions === 'true' ? '' : 'JOIN entry e ON e.id = m.entry_id';
    const left = without.length > 0 ? `AND NOT m.entry_id = ANY($${values.push(without)}::bigint[])` : '';
    return `FROM entry_embedding_${index.slot} m ${join}
      WHERE ${conditions} ${left} AND ${visible('m.entry_id', values)}`;
  }

  /** SET LOCAL, for a pooled connection keeps plain settings for others. */
  private bounded<T>(settings: Record<string, string>, fn: () => Promise<T>): Promise<T> {
    const all = { statement_timeout: String(LONGEST_STATEMENT_MS), jit: 'off', ...settings };
    return this.uow.run(async () => {
      await this.uow.query(
        'SELECT set_config(name, setting, true) FROM unnest($1::text[], $2::text[]) AS s (name, setting)',
        [Object.keys(all), Object.values(all)],
        'vector-settings',
      );
      return fn();
    });
  }
}
