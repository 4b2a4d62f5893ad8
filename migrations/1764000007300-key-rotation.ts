import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys that take the place of others: the line they belong to (quota is counted for it) and when each was replaced. */
export class KeyRotation1764000007300 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE api_key
        ADD COLUMN rotation_group_id uuid,
        ADD COLUMN rotated_from uuid,
        ADD COLUMN replaced_at timestamptz(3),
        ADD COLUMN old_use_noted_at timestamptz(3),
        ADD CONSTRAINT api_key_rotated_from_fkey FOREIGN KEY (rotated_from) REFERENCES api_key (id),
        ADD CONSTRAINT api_key_rotated_from_key UNIQUE (rotated_from)`);
    await queryRunner.query('UPDATE api_key SET rotation_group_id = id');
    await queryRunner.query('ALTER TABLE api_key ALTER COLUMN rotation_group_id SET NOT NULL');
    await queryRunner.query('CREATE INDEX api_key_rotation_group_idx ON api_key (rotation_group_id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX api_key_rotation_group_idx');
    await queryRunner.query(`
      ALTER TABLE api_key
        DROP CONSTRAINT api_key_rotated_from_key,
        DROP CONSTRAINT api_key_rotated_from_fkey,
        DROP COLUMN old_use_noted_at,
        DROP COLUMN replaced_at,
        DROP COLUMN rotated_from,
        DROP COLUMN rotation_group_id`);
  }
}
