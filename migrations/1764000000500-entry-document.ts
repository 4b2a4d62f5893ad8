import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The text index, in a table of its own so that a status change or heartbeat rewrites no GIN entry. Written by trigger
 * in the same transaction: what was acknowledged is found at once, in bulk by one statement.
 */
export class EntryDocument1764000000500 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // Names once as words cut at - _ / . + @ and once whole, both unstemmed: a product's name is no English word.
    await queryRunner.query(`
      CREATE FUNCTION entry_tsvector(name text, title text, tags text[], feature text, description text)
      RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT setweight(to_tsvector('simple', translate(name, '-_/.+@', '      ') || ' ' || name), 'A')
          || setweight(to_tsvector('english', coalesce(title, '')), 'A')
          || setweight(to_tsvector('simple', translate(array_to_string(tags, ' '), '-_/.+@:', '       ')), 'B')
          || setweight(to_tsvector('simple', translate(coalesce(feature, ''), '-_/.+@', '      ')), 'B')
          || setweight(to_tsvector('english', left(coalesce(description, ''), 65536)), 'C')
      $$`);
    await queryRunner.query(`
      CREATE TABLE entry_document (
        entry_id bigint NOT NULL,
        tsv tsvector NOT NULL,
        doc_len integer NOT NULL,
        CONSTRAINT entry_document_pkey PRIMARY KEY (entry_id),
        CONSTRAINT entry_document_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
    await queryRunner.query('CREATE INDEX entry_document_tsv_idx ON entry_document USING gin (tsv)');
    // OFFSET 0 keeps the planner from writing the vector's expression out twice, and computing it twice.
    await queryRunner.query(`
      CREATE FUNCTION entry_document_insert() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO entry_document (entry_id, tsv, doc_len)
        SELECT id, tsv, length(tsv) FROM (
          SELECT id, entry_tsvector(name, title, tags, feature, description) AS tsv FROM added OFFSET 0
        ) d;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE FUNCTION entry_document_update() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE entry_document SET tsv = d.tsv, doc_len = length(d.tsv)
        FROM (
          SELECT a.id, entry_tsvector(a.name, a.title, a.tags, a.feature, a.description) AS tsv
          FROM added a JOIN removed r USING (id)
          WHERE (a.name, a.title, a.tags, a.feature, a.description)
            IS DISTINCT FROM (r.name, r.title, r.tags, r.feature, r.description)
          OFFSET 0
        ) d WHERE entry_id = d.id;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`CREATE TRIGGER entry_document_insert AFTER INSERT ON entry
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION entry_document_insert()`);
    await queryRunner.query(`CREATE TRIGGER entry_document_update AFTER UPDATE ON entry
      REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION entry_document_update()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const change of ['insert', 'update']) {
      await queryRunner.query(`DROP TRIGGER entry_document_${change} ON entry`);
      await queryRunner.query(`DROP FUNCTION entry_document_${change}()`);
    }
    await queryRunner.query('DROP TABLE entry_document');
    await queryRunner.query('DROP FUNCTION entry_tsvector(text, text, text[], text, text)');
  }
}
