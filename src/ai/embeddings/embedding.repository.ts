import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { EmbeddingIndex } from './embedding-index.repository.js';
import type { TextSource } from './entry-text.js';

/** An entry's text as it is now, beside what was embedded of it. */
export interface EmbeddableRow extends TextSource {
  id: string;
  revision: number;
  /** Null where nothing was embedded yet. */
  embedded_revision: number | null;
  content_hash: Buffer | null;
}

export interface NewVector {
  id: string;
  revision: number;
  hash: Buffer;
  /** Null for a text in which the model finds nothing. */
  vector: Float32Array | null;
}

/** As pgvector reads it. */
export const vectorText = (vector: Float32Array): string => `[${vector.join(',')}]`;

const LONGEST_DESCRIPTION = 2000;
const COLUMNS = `e.id, e.revision, e.name, e.title, left(e.description, ${LONGEST_DESCRIPTION}) AS description, e.tags, e.feature,
  m.revision AS embedded_revision, m.content_hash`;

/** The vectors of entries, by slot. Two entries' rows are never written in different order, so writers never deadlock. */
@Injectable()
export class EmbeddingRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Rows of one transaction: each costs some milliseconds in the index, and on the embedded database everyone waits. */
  get writtenAtOnce(): number {
    return this.uow.embedded ? 4 : 32;
  }

  of({ slot }: EmbeddingIndex, ids: readonly string[]): Promise<EmbeddableRow[]> {
    return this.uow.query<EmbeddableRow>(
      `SELECT ${COLUMNS} FROM entry e LEFT JOIN entry_embedding_${slot} m ON m.entry_id = e.id
       WHERE e.id = ANY($1::bigint[]) ORDER BY e.id`,
      [ids],
      `embedding-texts-${slot}`,
    );
  }

  /** Entries behind this inside id, in the order of their ids. */
  after({ slot }: EmbeddingIndex, id: string, limit: number): Promise<EmbeddableRow[]> {
    return this.uow.query<EmbeddableRow>(
      `SELECT ${COLUMNS} FROM (SELECT * FROM entry WHERE id > $1 ORDER BY id LIMIT $2) e
       LEFT JOIN entry_embedding_${slot} m ON m.entry_id = e.id ORDER BY e.id`,
      [id, limit],
      `embedding-texts-after-${slot}`,
    );
  }

  /**
   * Writes vectors of the index's model, unless the slot went to another one meanwhile. What was made of an older state
   * of an entry never replaces what was made of a newer one; an entry that is gone is left out.
   */
  write({ slot, model }: EmbeddingIndex, rows: readonly NewVector[]): Promise<void> {
    return this.uow.run(async () => {
      const held = await this.uow.query(
        `SELECT FROM embedding_index WHERE slot = $1 AND model = $2 AND state IN ('filling', 'serving') FOR SHARE`,
        [slot, model],
        'embedding-slot-held',
      );
      if (held.length === 0) return;
      await this.uow.query(
        `INSERT INTO entry_embedding_${slot} AS m (slot, entry_id, revision, model, content_hash, embedding)
         SELECT ${slot}, e.id, v.revision, $1, v.hash, v.vector::halfvec(384)
         FROM unnest($2::bigint[], $3::int[], $4::bytea[], $5::text[]) AS v (id, revision, hash, vector)
         JOIN (SELECT id FROM entry WHERE id = ANY($2::bigint[]) ORDER BY id FOR KEY SHARE) e ON e.id = v.id
         ORDER BY e.id
         ON CONFLICT (entry_id, slot) DO UPDATE
         SET revision = excluded.revision, model = excluded.model, content_hash = excluded.content_hash,
             embedding = excluded.embedding
         WHERE m.revision <= excluded.revision`,
        [
          model,
          rows.map(({ id }) => id),
          rows.map(({ revision }) => revision),
          rows.map(({ hash }) => hash),
          rows.map(({ vector }) => vector && vectorText(vector)),
        ],
        `embedding-write-${slot}`,
      );
    });
  }
}
