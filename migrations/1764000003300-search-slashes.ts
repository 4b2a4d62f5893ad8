import type { MigrationInterface, QueryRunner } from 'typeorm';

const document = (text: string): string => `
  CREATE OR REPLACE FUNCTION entry_tsvector(name text, title text, tags text[], feature text, description text)
  RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('simple', translate(name, '-_/.+@', '      ') || ' ' || name), 'A')
      || setweight(to_tsvector('english', ${text.replace('?', "coalesce(title, '')")}), 'A')
      || setweight(to_tsvector('simple', translate(array_to_string(tags, ' '), '-_/.+@:', '       ')), 'B')
      || setweight(to_tsvector('simple', translate(coalesce(feature, ''), '-_/.+@', '      ')), 'B')
      || setweight(to_tsvector('english', ${text.replace('?', "left(coalesce(description, ''), 65536)")}), 'C')
  $$`;

/** PostgreSQL takes `web/proxy server` for a path of one piece: without the cut neither `web` nor `proxy` would find it. */
export class SearchSlashes1764000003300 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(document(`translate(?, '/', ' ')`));
    await this.rebuild(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(document('?'));
    await this.rebuild(queryRunner);
  }

  private async rebuild(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `UPDATE entry_document d SET tsv = n.tsv, doc_len = length(n.tsv)
       FROM (
         SELECT id, entry_tsvector(name, title, tags, feature, description) AS tsv FROM entry
         WHERE title LIKE '%/%' OR description LIKE '%/%'
       ) n WHERE n.id = d.entry_id`,
    );
  }
}
