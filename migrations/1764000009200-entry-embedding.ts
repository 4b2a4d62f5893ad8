import type { MigrationInterface, QueryRunner } from 'typeorm';

const SLOTS = [0, 1];
const KEY = 'embedding halfvec_cosine_ops';
/** WebAssembly has no 16-bit numbers: an index of 32-bit ones is twice as large and built in a fifth of the time. */
const WASM_KEY = '(embedding::vector(384)) vector_cosine_ops';

/**
 * The vector index, in a table of its own so that a status change rewrites no vector. Two slots, each with an index of
 * its own: one answers while the other is filled by another model, so vectors of two models never lie in one index.
 */
export class EntryEmbedding1764000009200 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE embedding_index (
        slot smallint NOT NULL,
        model text,
        state text NOT NULL DEFAULT 'empty',
        filled_to bigint NOT NULL DEFAULT 0,
        changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT embedding_index_pkey PRIMARY KEY (slot),
        CONSTRAINT embedding_index_state_check CHECK (state IN ('empty', 'filling', 'serving', 'retired')),
        CONSTRAINT embedding_index_model_check CHECK (model IS NOT NULL OR state = 'empty')
      )`);
    await queryRunner.query(
      `CREATE UNIQUE INDEX embedding_index_serving_idx ON embedding_index (state) WHERE state = 'serving'`,
    );
    await queryRunner.query('INSERT INTO embedding_index (slot) VALUES (0), (1)');
    await queryRunner.query(`
      CREATE TABLE entry_embedding (
        slot smallint NOT NULL,
        entry_id bigint NOT NULL,
        revision integer NOT NULL,
        model text NOT NULL,
        content_hash bytea NOT NULL,
        embedding halfvec(384),
        CONSTRAINT entry_embedding_pkey PRIMARY KEY (entry_id, slot),
        CONSTRAINT entry_embedding_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      ) PARTITION BY LIST (slot)`);
    const [{ version }] = (await queryRunner.query('SELECT version()')) as [{ version: string }];
    const key = version.includes('wasm') ? WASM_KEY : KEY;
    for (const slot of SLOTS) await this.addSlot(queryRunner, slot, key);
    await this.addClearing(queryRunner);
  }

  /** A vector of 776 bytes stays in the row: fetched from beside it, each would cost a second look-up. */
  private async addSlot(queryRunner: QueryRunner, slot: number, key: string): Promise<void> {
    const table = `entry_embedding_${slot}`;
    await queryRunner.query(`CREATE TABLE ${table} PARTITION OF entry_embedding FOR VALUES IN (${slot})`);
    await queryRunner.query(`ALTER TABLE ${table} ALTER COLUMN embedding SET STORAGE PLAIN`);
    await queryRunner.query(
      `CREATE INDEX ${table}_hnsw_idx ON ${table} USING hnsw (${key}) WITH (m = 16, ef_construction = 64)`,
    );
  }

  /** Emptying row by row would leave the graph full of holes, and a service without the owner's rights may not truncate. */
  private async addClearing(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query('SELECT quote_ident(current_schema()) AS schema')) as [
      { schema: string },
    ];
    await queryRunner.query(`
      CREATE FUNCTION embedding_slot_clear(cleared smallint) RETURNS void LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = ${schema}, pg_temp AS $$
      BEGIN
        PERFORM FROM embedding_index WHERE slot = cleared AND state IN ('serving', 'filling') FOR UPDATE;
        IF FOUND THEN
          RAISE EXCEPTION 'Slot % of the vector index is in use.', cleared;
        END IF;
        IF cleared = 0 THEN TRUNCATE entry_embedding_0; ELSE TRUNCATE entry_embedding_1; END IF;
      END $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION embedding_slot_clear(smallint)');
    await queryRunner.query('DROP TABLE entry_embedding');
    await queryRunner.query('DROP TABLE embedding_index');
  }
}
