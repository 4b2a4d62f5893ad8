import { Injectable } from '@nestjs/common';
import { currentViewer, hidden } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

export interface ExampleRow {
  id: string;
  text: string;
  category: string | null;
  feature: string | null;
  actor: string;
  created_at: Date;
}

export interface NewExample extends Pick<ExampleRow, 'id' | 'text' | 'category' | 'feature' | 'actor'> {
  hash: Buffer;
  /** Null where the model finds no word, or could not be had. */
  vector: Float32Array | null;
  model: string | null;
}

export interface NearExample {
  id: string;
  label: string;
  similarity: number;
}

/** Bytes of the texts of one page; a longer text comes alone. */
const PAGE_BYTES = 2 * 1024 ** 2;

const COLUMNS = 'id, text, category, feature, actor, created_at';
const vectorText = (vector: Float32Array | null): string | null => vector && `[${vector.join(',')}]`;

/** No text (alias x) whose feature category the caller may not see. */
function seen(values: unknown[]): string {
  const viewer = currentViewer();
  return viewer === undefined
    ? 'true'
    : `NOT EXISTS (SELECT FROM entry e WHERE e.kind = 'feature' AND e.name = x.feature AND ${hidden('e.id', values, viewer)})`;
}

@Injectable()
export class ExampleRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Oldest first, as many as fit a page, and whether there are more. */
  async list(limit: number, offset: number): Promise<{ rows: ExampleRow[]; more: boolean }> {
    const values: unknown[] = [limit + 1, offset];
    const found = await this.uow.query<ExampleRow & { there: number }>(
      `SELECT ${COLUMNS}, there FROM (
         SELECT x.*, (count(*) OVER ())::int AS there,
           sum(octet_length(text)) OVER (ORDER BY created_at, id) - octet_length(text) AS before
         FROM (SELECT * FROM classification_example x WHERE ${seen(values)} ORDER BY created_at, id LIMIT $1 OFFSET $2) x
       ) page WHERE before < ${PAGE_BYTES} ORDER BY created_at, id`,
      values,
    );
    const rows = found
      .slice(0, limit)
      .map(({ id, text, category, feature, actor, created_at }) => ({
        id,
        text,
        category,
        feature,
        actor,
        created_at,
      }));
    return { rows, more: found.length > 0 && found[0].there > rows.length };
  }

  async count(): Promise<number> {
    const [{ n }] = await this.uow.query<{ n: string }>('SELECT count(*) AS n FROM classification_example');
    return Number(n);
  }

  /** What was said of the same text before gives way, as far as this says something else. */
  async save({ id, text, hash, category, feature, model, vector, actor }: NewExample): Promise<ExampleRow> {
    const [row] = await this.uow.query<ExampleRow & object>(
      `INSERT INTO classification_example AS x (id, text, text_hash, category, feature, model, embedding, actor)
       VALUES ($1, $2, $3, $4, $5, $6, $7::halfvec(384), $8)
       ON CONFLICT (text_hash) DO UPDATE SET category = coalesce(excluded.category, x.category),
         feature = coalesce(excluded.feature, x.feature), model = excluded.model, embedding = excluded.embedding, actor = excluded.actor
       RETURNING ${COLUMNS}`,
      [id, text, hash, category, feature, model, vectorText(vector), actor],
    );
    return row;
  }

  /** The example that was; undefined when there was none. */
  async delete(id: string): Promise<ExampleRow | undefined> {
    const [row] = await this.uow.query<ExampleRow & object>(
      `DELETE FROM classification_example WHERE id = $1 RETURNING ${COLUMNS}`,
      [id],
    );
    return row;
  }

  /** The nearest that say the category or feature, by comparing with all: there are a few thousand at most. */
  nearest(of: 'category' | 'feature', vector: Float32Array, model: string, limit: number): Promise<NearExample[]> {
    const values: unknown[] = [vectorText(vector), model, limit];
    return this.uow.query<NearExample & object>(
      `SELECT id, ${of} AS label, 1 - (embedding <=> $1::halfvec(384)) AS similarity FROM classification_example x
       WHERE model = $2 AND embedding IS NOT NULL AND ${of} IS NOT NULL AND ${seen(values)}
       ORDER BY embedding <=> $1::halfvec(384), id LIMIT $3`,
      values,
    );
  }

  /** Those whose vector is of another model. */
  strangers(model: string, limit: number): Promise<Pick<ExampleRow, 'id' | 'text'>[]> {
    return this.uow.query<Pick<ExampleRow, 'id' | 'text'> & object>(
      'SELECT id, text FROM classification_example WHERE model IS DISTINCT FROM $1 ORDER BY created_at, id LIMIT $2',
      [model, limit],
    );
  }

  async place(id: string, model: string, vector: Float32Array | null): Promise<void> {
    await this.uow.query(
      'UPDATE classification_example SET model = $2, embedding = $3::halfvec(384) WHERE id = $1',
      [id, model, vectorText(vector)],
      'classification-example-place',
    );
  }
}
