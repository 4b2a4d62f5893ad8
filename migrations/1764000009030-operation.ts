import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What drivers are asked to do, and the secrets that their calls are signed with. */
export class Operation1764000009030 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE operation (
        id uuid NOT NULL,
        entry_id bigint NOT NULL,
        verb text NOT NULL,
        from_state text NOT NULL,
        to_state text NOT NULL,
        capacity integer,
        driver text NOT NULL,
        state text NOT NULL DEFAULT 'pending',
        message text,
        options jsonb NOT NULL DEFAULT '{}',
        requested_by text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        next_at timestamptz(3),
        locked_until timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        deadline timestamptz(3) NOT NULL,
        ended_at timestamptz(3),
        CONSTRAINT operation_pkey PRIMARY KEY (id),
        CONSTRAINT operation_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
    await queryRunner.query('CREATE INDEX operation_entry_idx ON operation (entry_id, created_at, id)');
    // One at a time for an entry, whoever asks.
    await queryRunner.query(`
      CREATE UNIQUE INDEX operation_open_key ON operation (entry_id) WHERE state IN ('pending', 'running')`);
    await queryRunner.query(`
      CREATE INDEX operation_next_idx ON operation (next_at) WHERE state IN ('pending', 'running')`);
    await queryRunner.query(`
      CREATE INDEX operation_deadline_idx ON operation (deadline) WHERE state IN ('pending', 'running')`);
    await queryRunner.query(`
      CREATE TABLE driver_secret (
        entry_id bigint NOT NULL,
        sealed text NOT NULL,
        former text,
        former_until timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT driver_secret_pkey PRIMARY KEY (entry_id),
        CONSTRAINT driver_secret_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE driver_secret');
    await queryRunner.query('DROP TABLE operation');
  }
}
