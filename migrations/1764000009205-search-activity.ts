import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is searched and read, by the hour, so that old interest can fade; and when the text index was last asked to be rebuilt. */
export class SearchActivity1764000009205 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE search_query (
        hour timestamptz(0) NOT NULL,
        query text NOT NULL,
        n integer NOT NULL,
        CONSTRAINT search_query_pkey PRIMARY KEY (hour, query)
      ) WITH (fillfactor = 80)`);
    // No reference to the entry: removing one would look through every hour for it.
    await queryRunner.query(`
      CREATE TABLE entry_read (
        hour timestamptz(0) NOT NULL,
        entry_id bigint NOT NULL,
        n integer NOT NULL,
        CONSTRAINT entry_read_pkey PRIMARY KEY (hour, entry_id)
      ) WITH (fillfactor = 80)`);
    await queryRunner.query(`
      CREATE TABLE search_reindex (
        id smallint NOT NULL DEFAULT 1,
        asked_at timestamptz(3),
        done_at timestamptz(3),
        changed bigint,
        CONSTRAINT search_reindex_pkey PRIMARY KEY (id),
        CONSTRAINT search_reindex_single_check CHECK (id = 1)
      )`);
    await queryRunner.query('INSERT INTO search_reindex DEFAULT VALUES');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['search_reindex', 'entry_read', 'search_query'])
      await queryRunner.query(`DROP TABLE ${table}`);
  }
}
