import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Texts that somebody said the category or feature of: neighbours for other texts. Few and compared one by one, so they need
 * no index of vectors; a vector of another model than the one that serves counts as none.
 */
export class ClassificationExample1764000009221 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE classification_example (
        id uuid NOT NULL,
        text text NOT NULL,
        text_hash bytea NOT NULL,
        category text,
        feature text,
        model text,
        embedding halfvec(384),
        actor text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT classification_example_pkey PRIMARY KEY (id),
        CONSTRAINT classification_example_text_hash_key UNIQUE (text_hash),
        CONSTRAINT classification_example_label_check CHECK (category IS NOT NULL OR feature IS NOT NULL)
      )`);
    await queryRunner.query(
      'CREATE INDEX classification_example_created_at_idx ON classification_example (created_at, id)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE classification_example');
  }
}
