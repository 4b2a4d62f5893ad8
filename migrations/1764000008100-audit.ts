import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit trail: rows are only ever added, in the transaction of what they tell of. Times are the database's; `xid` tells
 * the sealer which rows no running transaction can still precede. Texts that are searched by prefix have byte order.
 */
export class Audit1764000008100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE audit (
        id bigint GENERATED ALWAYS AS IDENTITY,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        actor text NOT NULL,
        actor_type text NOT NULL,
        actor_name text,
        credential text,
        address text,
        request_id text,
        action text COLLATE "C" NOT NULL,
        outcome text NOT NULL,
        subject_type text,
        subject_id text,
        subject_key text COLLATE "C",
        before jsonb,
        after jsonb,
        details jsonb,
        CONSTRAINT audit_pkey PRIMARY KEY (id),
        CONSTRAINT audit_outcome_check CHECK (outcome IN ('success', 'denied', 'failed'))
      )`);
    for (const column of ['before', 'after', 'details'])
      await queryRunner.query(`
        DO $$ BEGIN
          ALTER TABLE audit ALTER COLUMN ${column} SET COMPRESSION lz4;
        EXCEPTION WHEN feature_not_supported THEN NULL;
        END $$`);
    await queryRunner.query('CREATE INDEX audit_unsealed_idx ON audit (xid, id)');
    await queryRunner.query('CREATE INDEX audit_at_idx ON audit (at, id)');
    await queryRunner.query('CREATE INDEX audit_actor_idx ON audit (actor, at, id)');
    await queryRunner.query('CREATE INDEX audit_action_idx ON audit (action, at, id)');
    await queryRunner.query(`CREATE INDEX audit_refused_idx ON audit (outcome, at, id) WHERE outcome <> 'success'`);
    for (const column of ['address', 'request_id', 'subject_id', 'subject_key'])
      await queryRunner.query(
        `CREATE INDEX audit_${column}_idx ON audit (${column}, at, id) WHERE ${column} IS NOT NULL`,
      );
    await queryRunner.query(`
      CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
      FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE audit');
    await queryRunner.query('DROP FUNCTION audit_refuse()');
  }
}
