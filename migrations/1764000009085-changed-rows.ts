import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the text index is made of, and what discovery answers of a service's entry. */
const INDEXED = 'id, name, title, tags, feature, description';
const ANSWERED = 'id, kind, name, version, status, tags, feature, spec, security_context';

const documentUpdate = (changed: string): string => `
  CREATE OR REPLACE FUNCTION entry_document_update() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE entry_document SET tsv = d.tsv, doc_len = length(d.tsv)
    FROM (
      SELECT a.id, entry_tsvector(a.name, a.title, a.tags, a.feature, a.description) AS tsv FROM ${changed} OFFSET 0
    ) d WHERE entry_id = d.id;
    RETURN NULL;
  END $$`;

const serviceUpdate = (changed: string): string => `
  CREATE OR REPLACE FUNCTION service_entry_update() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (SELECT FROM added WHERE kind = 'service') THEN
      WITH due AS (
        SELECT service_id FROM service_watch WHERE service_id IN (SELECT a.id FROM ${changed})
        ORDER BY service_id FOR UPDATE
      )
      UPDATE service_watch w SET version = w.version + 1, xid = pg_current_xact_id(), touched_at = clock_timestamp()
      FROM due WHERE w.service_id = due.service_id;
    END IF;
    RETURN NULL;
  END $$`;

/** The columns of `list` on an alias. */
const on = (alias: string, list: string): string => list.replaceAll(/(?<=^|, )/g, `${alias}.`);

/**
 * Which rows a statement changed is asked by EXCEPT. The plan of a join of old and new rows is kept by the session: made for
 * one row it compares each with each, which for a thousand took longer than writing them.
 */
export class ChangedRows1764000009085 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const differing = (columns: string, former: string, where = ''): string =>
      `(SELECT ${columns} FROM added ${where} EXCEPT SELECT ${columns} FROM ${former}) a`;
    await queryRunner.query(documentUpdate(differing(INDEXED, 'removed')));
    await queryRunner.query(serviceUpdate(differing(ANSWERED, 'was', `WHERE kind = 'service'`)));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const joined = (columns: string, former: string): string =>
      `added a JOIN ${former} b USING (id) WHERE (${on('a', columns)}) IS DISTINCT FROM (${on('b', columns)})`;
    await queryRunner.query(documentUpdate(joined(INDEXED, 'removed')));
    await queryRunner.query(serviceUpdate(`${joined(ANSWERED, 'was')} AND a.kind = 'service'`));
  }
}
