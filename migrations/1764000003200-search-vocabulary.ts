import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The words of names, titles and tags, unstemmed: what autocomplete completes and typing errors are corrected to. Looked
 * up by trigram here, because the distinct words are a small fraction of the names.
 */
export class SearchVocabulary1764000003200 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION search_words(name text, title text, tags text[])
      RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT to_tsvector('simple', translate(
          name || ' ' || coalesce(title, '') || ' ' || array_to_string(tags, ' '), '-_/.+@:', '       '))
      $$`);
    await queryRunner.query(`
      CREATE TABLE search_word (
        word text COLLATE "C" NOT NULL,
        ndoc integer NOT NULL DEFAULT 1,
        CONSTRAINT search_word_pkey PRIMARY KEY (word)
      )`);
    await queryRunner.query('CREATE INDEX search_word_trgm_idx ON search_word USING gin (word gin_trgm_ops)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE search_word');
    await queryRunner.query('DROP FUNCTION search_words(text, text, text[])');
  }
}
