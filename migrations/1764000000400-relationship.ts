import type { MigrationInterface, QueryRunner } from 'typeorm';

const KNOWN_TYPES = [
  'depends_on', 'requires', 'belongs_to', 'provides', 'calls', 'contains', 'owns', 'runs_on', 'replicates_to',
  'parent_of', 'part_of', 'recommends',
]; // prettier-ignore

/** Edges between entries. Inside ids are bigint because this is the big table: two indexes of tens of millions of rows. */
export class Relationship1764000000400 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE relationship_type (
        id smallint GENERATED ALWAYS AS IDENTITY,
        name text NOT NULL,
        CONSTRAINT relationship_type_pkey PRIMARY KEY (id),
        CONSTRAINT relationship_type_name_key UNIQUE (name)
      )`);
    await queryRunner.query('INSERT INTO relationship_type (name) SELECT unnest($1::text[])', [KNOWN_TYPES]);
    await queryRunner.query(`
      CREATE TABLE relationship (
        id bigint GENERATED ALWAYS AS IDENTITY,
        source_id bigint NOT NULL,
        target_id bigint NOT NULL,
        type smallint NOT NULL,
        weight real NOT NULL DEFAULT 1,
        bidirectional boolean NOT NULL DEFAULT false,
        metadata jsonb NOT NULL DEFAULT '{}',
        revision integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT relationship_pkey PRIMARY KEY (id),
        CONSTRAINT relationship_source_type_target_key UNIQUE (source_id, type, target_id),
        CONSTRAINT relationship_source_id_fkey FOREIGN KEY (source_id) REFERENCES entry (id) ON DELETE CASCADE,
        CONSTRAINT relationship_target_id_fkey FOREIGN KEY (target_id) REFERENCES entry (id) ON DELETE CASCADE,
        CONSTRAINT relationship_type_fkey FOREIGN KEY (type) REFERENCES relationship_type (id),
        CONSTRAINT relationship_self_check CHECK (source_id <> target_id)
      )`);
    await queryRunner.query('CREATE INDEX relationship_target_idx ON relationship (target_id, type, source_id)');
    await this.degrees(queryRunner);
    await this.counts(queryRunner);
  }

  private async degrees(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE entry_degree (
        entry_id bigint NOT NULL,
        out_degree integer NOT NULL DEFAULT 0,
        in_degree integer NOT NULL DEFAULT 0,
        CONSTRAINT entry_degree_pkey PRIMARY KEY (entry_id)
      ) WITH (fillfactor = 60)`);
    await queryRunner.query(`
      CREATE TABLE relationship_count (
        type smallint NOT NULL,
        slot smallint NOT NULL,
        n bigint NOT NULL,
        CONSTRAINT relationship_count_pkey PRIMARY KEY (type, slot)
      ) WITH (fillfactor = 50)`);
  }

  /** One statement per change of many edges; rows are taken in id order, so that two writers cannot deadlock here. */
  private async counts(queryRunner: QueryRunner): Promise<void> {
    for (const [change, rows, sign] of [
      ['insert', 'added', '+'],
      ['delete', 'removed', '-'],
    ]) {
      await queryRunner.query(`
        CREATE FUNCTION relationship_degree_${change}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO entry_degree AS d (entry_id, out_degree, in_degree)
          SELECT entry_id, ${sign}sum(o), ${sign}sum(i) FROM (
            SELECT source_id AS entry_id, 1 AS o, 0 AS i FROM ${rows}
            UNION ALL SELECT target_id, 0, 1 FROM ${rows}
          ) ends GROUP BY entry_id ORDER BY entry_id
          ON CONFLICT (entry_id) DO UPDATE
          SET out_degree = d.out_degree + excluded.out_degree, in_degree = d.in_degree + excluded.in_degree;
          INSERT INTO relationship_count AS c (type, slot, n)
          SELECT type, pg_backend_pid() % 64, ${sign}count(*) FROM ${rows} GROUP BY 1, 2 ORDER BY 1, 2
          ON CONFLICT (type, slot) DO UPDATE SET n = c.n + excluded.n;
          RETURN NULL;
        END $$`);
    }
    await queryRunner.query(`CREATE TRIGGER relationship_degree_insert AFTER INSERT ON relationship
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION relationship_degree_insert()`);
    await queryRunner.query(`CREATE TRIGGER relationship_degree_delete AFTER DELETE ON relationship
      REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION relationship_degree_delete()`);
    // No foreign key from entry_degree: a deleted entry's edges cascade after it and would find no row to lower.
    await queryRunner.query(`
      CREATE FUNCTION entry_degree_delete() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        DELETE FROM entry_degree WHERE entry_id IN (SELECT id FROM removed);
        RETURN NULL;
      END $$`);
    await queryRunner.query(`CREATE TRIGGER entry_degree_delete AFTER DELETE ON entry
      REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION entry_degree_delete()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER entry_degree_delete ON entry');
    await queryRunner.query('DROP TABLE relationship');
    for (const name of ['entry_degree_delete', 'relationship_degree_insert', 'relationship_degree_delete'])
      await queryRunner.query(`DROP FUNCTION ${name}()`);
    for (const name of ['relationship_count', 'entry_degree', 'relationship_type'])
      await queryRunner.query(`DROP TABLE ${name}`);
  }
}
