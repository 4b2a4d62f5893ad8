import type { MigrationInterface, QueryRunner } from 'typeorm';

const TRAIL = ['audit', 'audit_seal', 'audit_checkpoint', 'audit_head'];
/** Whatever the writer decides; number, transaction and time are the database's. */
const WRITTEN = `actor, actor_type, actor_name, credential, address, request_id, action, outcome, subject_type, subject_id,
  subject_key, before, after, details`;
/** What does more than its caller may, and so runs with its owner's rights. */
const DEFINERS = ['event_partition_add(date)', 'event_partition_drop(timestamptz, bigint)'];

/**
 * For deployments in which the service does not own its tables: a role that may do what the service does, and to the audit
 * trail only add. What it lacks nobody can talk it into, as PostgreSQL itself refuses.
 */
export class ServiceRole1764000008120 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query('SELECT quote_ident(current_schema()) AS schema')) as [
      { schema: string },
    ];
    for (const definer of DEFINERS) {
      await queryRunner.query(`ALTER FUNCTION ${definer} SECURITY DEFINER SET search_path = ${schema}, pg_temp`);
      await queryRunner.query(`REVOKE ALL ON FUNCTION ${definer} FROM PUBLIC`);
    }
    await queryRunner.query(`
      CREATE FUNCTION grant_service_role(service name) RETURNS void LANGUAGE plpgsql
        SET search_path = ${schema}, pg_temp AS $$
      DECLARE
        place regclass;
      BEGIN
        IF pg_has_role(service, (SELECT relowner FROM pg_class WHERE oid = 'audit'::regclass), 'USAGE') THEN
          RAISE EXCEPTION 'The role % has all rights of the owner of these tables: make one that has not.', service;
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA ${schema} TO %I', service);
        FOR place IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = '${schema}'::regnamespace AND c.relkind IN ('r', 'p')
        LOOP
          EXECUTE format('REVOKE ALL ON %s FROM %I', place, service);
          EXECUTE format('GRANT SELECT ON %s TO %I', place, service);
          IF place::text <> ALL ('{${[...TRAIL, 'migration'].join(',')}}') THEN
            EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %s TO %I', place, service);
          END IF;
        END LOOP;
        EXECUTE format('GRANT INSERT (${WRITTEN}) ON audit TO %I', service);
        EXECUTE format('GRANT INSERT ON audit_checkpoint TO %I', service);
        EXECUTE format('GRANT EXECUTE ON FUNCTION audit_seal_due(integer, bigint), ${DEFINERS.join(', ')} TO %I', service);
        -- What later migrations of the same owner make.
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', service);
      END $$`);
    await queryRunner.query('REVOKE ALL ON FUNCTION grant_service_role(name) FROM PUBLIC');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION grant_service_role(name)');
    for (const definer of DEFINERS) {
      await queryRunner.query(`ALTER FUNCTION ${definer} SECURITY INVOKER RESET search_path`);
      await queryRunner.query(`GRANT EXECUTE ON FUNCTION ${definer} TO PUBLIC`);
    }
  }
}
