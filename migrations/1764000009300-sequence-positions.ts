import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What each sequence gave last, for a backup: a service that does not own the tables may use their sequences, but not read
 * them. They tell counts and nothing else, so whoever may connect may ask.
 */
export class SequencePositions1764000009300 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema, name }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema, quote_literal(current_schema()) AS name',
    )) as [{ schema: string; name: string }];
    await queryRunner.query(`
      CREATE FUNCTION sequence_positions() RETURNS TABLE (name text, given bigint) LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = ${schema}, pg_temp AS $$
        SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = ${name}
      $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION sequence_positions()');
  }
}
