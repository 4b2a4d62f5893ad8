import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What ranking needs to know of the whole catalog: how many entries hold a lexeme, how many there are, how long they run. */
export class SearchStatistics1764000003100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // GIN knows no weights: asking for names and titles alone would read every entry that has the word anywhere.
    await queryRunner.query(
      `CREATE INDEX entry_document_heading_idx ON entry_document USING gin (ts_filter(tsv, '{a}'))`,
    );
    await queryRunner.query(`
      CREATE TABLE lexeme_stat (
        lexeme text NOT NULL,
        ndoc integer NOT NULL,
        CONSTRAINT lexeme_stat_pkey PRIMARY KEY (lexeme)
      )`);
    await queryRunner.query(`
      CREATE TABLE search_corpus (
        id smallint NOT NULL DEFAULT 1,
        docs bigint NOT NULL,
        doc_len real NOT NULL,
        refreshed_at timestamptz(3),
        worded_docs bigint NOT NULL DEFAULT 0,
        worded_at timestamptz(3),
        ranked_edges bigint NOT NULL DEFAULT 0,
        ranked_at timestamptz(3),
        CONSTRAINT search_corpus_pkey PRIMARY KEY (id),
        CONSTRAINT search_corpus_single_check CHECK (id = 1)
      )`);
    await queryRunner.query('INSERT INTO search_corpus (docs, doc_len) VALUES (0, 32)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE search_corpus');
    await queryRunner.query('DROP TABLE lexeme_stat');
    await queryRunner.query('DROP INDEX entry_document_heading_idx');
  }
}
