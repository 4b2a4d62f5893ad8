import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The columns of a row behind its number, transaction and time. */
const TEXTS =
  'actor actor_type actor_name credential address request_id action outcome subject_type subject_id subject_key'.split(
    ' ',
  );
const JSONS = ['before', 'after', 'details'];
/**
 * Plans are kept by the session: one made while the trail was short would read all of it when it is long. Ways that are off
 * look so costly that each call would be compiled first, which takes longer than all the rest.
 */
const BY_INDEX = ['enable_seqscan', 'enable_bitmapscan', 'enable_sort', 'enable_hashjoin', 'enable_mergejoin', 'jit']
  .map((setting) => `SET ${setting} = off`)
  .join(' ');
const APPEND_ONLY = ['audit_seal', 'audit_checkpoint'];

/**
 * The chain over the audit trail. Rows are written without a hash, so that writers never wait for each other; soon after
 * their commit one sealer at a time gives each a place and a hash over the hash before and every column of the row.
 */
export class AuditSeal1764000008110 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query('SELECT quote_ident(current_schema()) AS schema')) as [
      { schema: string },
    ];
    await this.tables(queryRunner);
    await this.hashing(queryRunner);
    await this.sealing(queryRunner, `SET search_path = ${schema}, pg_temp`);
  }

  private async tables(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE audit_seal (
        seq bigint NOT NULL,
        audit_id bigint NOT NULL,
        hash bytea NOT NULL,
        CONSTRAINT audit_seal_pkey PRIMARY KEY (seq),
        CONSTRAINT audit_seal_audit_id_key UNIQUE (audit_id)
      )`);
    // What only a holder of the master key can say of the hash at a place.
    await queryRunner.query(`
      CREATE TABLE audit_checkpoint (
        seq bigint NOT NULL,
        mac text NOT NULL,
        CONSTRAINT audit_checkpoint_pkey PRIMARY KEY (seq)
      )`);
    // The end of the chain and the row it ends with; the lock on it is what lets one sealer work at a time.
    await queryRunner.query(
      `CREATE TABLE audit_head (seq bigint NOT NULL, hash bytea NOT NULL, xid xid8 NOT NULL, audit_id bigint NOT NULL)`,
    );
    await queryRunner.query(`INSERT INTO audit_head VALUES (0, decode(repeat('00', 32), 'hex'), '0', 0)`);
    for (const table of APPEND_ONLY)
      await queryRunner.query(`
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()`);
    await queryRunner.query(`
      CREATE TRIGGER audit_head_stays BEFORE INSERT OR DELETE OR TRUNCATE ON audit_head
      FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()`);
  }

  private async hashing(queryRunner: QueryRunner): Promise<void> {
    // Every column in order, as the text of a JSON array: what is hashed, and what an export hands out to be hashed again. Put
    // together as text, since taking long documents apart and building them anew costs more than all the rest.
    const text = (column: string): string => `coalesce(to_json(a.${column})::text, 'null')`;
    const json = (column: string): string => `coalesce(a.${column}::text, 'null')`;
    const columns = [...TEXTS.map(text), ...JSONS.map(json)].join(`, ',', `);
    await queryRunner.query(`
      CREATE FUNCTION audit_text(a audit) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT concat('[', a.id, ',"', a.xid, '","', to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '",',
          ${columns}, ']')
      $$`);
    await queryRunner.query(`
      CREATE FUNCTION audit_link(former bytea, start bytea, content text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
      BEGIN
        RETURN sha256(coalesce(former, start) || convert_to(content, 'UTF8'));
      END $$`);
    await queryRunner.query('CREATE AGGREGATE audit_chain(bytea, text) (sfunc = audit_link, stype = bytea)');
  }

  /**
   * As with the numbering of events, a row's turn comes when no running transaction can still come before it in the order
   * (xid, id). A head with an xid that this cluster never gave came with a restored dump: then what that one left is sealed
   * first, whatever its xid. A batch ends after so many rows, or with the one that makes it so many bytes. It runs with its
   * owner's rights: a service role needs none on the chain.
   */
  private async sealing(queryRunner: QueryRunner, path: string): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION audit_seal_due(batch integer, bytes bigint)
        RETURNS TABLE (sealed integer, seq bigint, hash bytea, from_seq bigint, from_hash bytea)
        LANGUAGE plpgsql SECURITY DEFINER ${path} ${BY_INDEX} AS $$
      DECLARE
        mark audit_head;
        newest xid8;
        oldest xid8;
        restored boolean;
        since xid8;
        until xid8;
        candidates integer;
        ids bigint[];
      BEGIN
        SELECT * INTO mark FROM audit_head FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN RETURN; END IF;
        from_seq := mark.seq;
        from_hash := mark.hash;
        -- Looked at first: whatever lies below is finished, and the next statement sees it.
        newest := pg_snapshot_xmax(pg_current_snapshot());
        oldest := event_oldest_writer(pg_current_snapshot());
        restored := mark.xid >= newest;
        since := CASE WHEN restored THEN '0' ELSE mark.xid END;
        until := CASE WHEN restored THEN '18446744073709551615' ELSE oldest END;
        WITH due AS (
          SELECT a.id, a.xid, coalesce(pg_column_size(a.before), 0) + coalesce(pg_column_size(a.after), 0) AS size FROM audit a
          WHERE (a.xid, a.id) > (since, CASE WHEN restored THEN 0 ELSE mark.audit_id END) AND a.xid < until
            AND (a.xid < oldest OR a.xid >= newest) AND (SELECT s.seq FROM audit_seal s WHERE s.audit_id = a.id) IS NULL
          ORDER BY a.xid, a.id LIMIT batch
        ), row_of AS (
          SELECT d.id, d.xid, sum(d.size) OVER (ORDER BY d.xid, d.id) - d.size AS before FROM due d
        )
        SELECT array_agg(r.id ORDER BY r.xid, r.id) FILTER (WHERE r.before < bytes), count(*) INTO ids, candidates FROM row_of r;
        sealed := coalesce(cardinality(ids), 0);
        IF sealed > 0 THEN
          INSERT INTO audit_seal (seq, audit_id, hash)
          SELECT mark.seq + d.n, a.id, audit_chain(mark.hash, audit_text(a)) OVER (ORDER BY d.n ROWS UNBOUNDED PRECEDING)
          FROM unnest(ids) WITH ORDINALITY AS d (id, n) JOIN audit a ON a.id = d.id;
          SELECT s.seq, s.hash INTO mark.seq, mark.hash FROM audit_seal s WHERE s.seq = from_seq + sealed;
        END IF;
        IF NOT restored AND sealed > 0 THEN
          SELECT a.xid, a.id INTO mark.xid, mark.audit_id FROM audit a WHERE a.id = ids[sealed];
        ELSIF restored AND candidates < batch AND sealed = candidates THEN
          -- The last of what was restored: from here on the order of this cluster counts.
          mark.xid := oldest;
          mark.audit_id := 0;
        END IF;
        UPDATE audit_head h SET seq = mark.seq, hash = mark.hash, xid = mark.xid, audit_id = mark.audit_id
          WHERE h.seq <> mark.seq OR h.xid <> mark.xid;
        seq := mark.seq;
        hash := mark.hash;
        RETURN NEXT;
      END $$`);
    // Who calls a function with its owner's rights is named one by one.
    await queryRunner.query('REVOKE ALL ON FUNCTION audit_seal_due(integer, bigint) FROM PUBLIC');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION audit_seal_due(integer, bigint)');
    await queryRunner.query('DROP AGGREGATE audit_chain(bytea, text)');
    await queryRunner.query('DROP FUNCTION audit_link(bytea, bytea, text)');
    await queryRunner.query('DROP FUNCTION audit_text(audit)');
    for (const table of ['audit_head', ...APPEND_ONLY]) await queryRunner.query(`DROP TABLE ${table}`);
  }
}
