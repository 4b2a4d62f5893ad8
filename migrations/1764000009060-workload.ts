import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The queues of engines. Each index holds only the rows of its own step of a workload's life, so that finished ones slow
 * nothing but their own deletion.
 */
export class Workload1764000009060 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE workload (
        uid uuid NOT NULL,
        entry_id bigint NOT NULL,
        task text NOT NULL,
        priority smallint NOT NULL,
        status text COLLATE "C" NOT NULL,
        payload jsonb NOT NULL,
        gpu boolean NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        max_attempts integer NOT NULL,
        timeout_seconds integer,
        rank timestamptz NOT NULL,
        ready_at timestamptz NOT NULL,
        worker text,
        token uuid,
        lease_seconds integer,
        lease_until timestamptz,
        deadline timestamptz,
        started_at timestamptz,
        result jsonb,
        cause text COLLATE "C",
        error text,
        created_at timestamptz NOT NULL,
        finished_at timestamptz,
        CONSTRAINT workload_pkey PRIMARY KEY (uid),
        CONSTRAINT workload_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE,
        CONSTRAINT workload_priority_check CHECK (priority BETWEEN 0 AND 3),
        CONSTRAINT workload_status_check
          CHECK (status IN ('scheduled', 'queued', 'running', 'completed', 'dead', 'cancelled')),
        CONSTRAINT workload_lease_check CHECK ((status = 'running') = (token IS NOT NULL AND lease_until IS NOT NULL)),
        CONSTRAINT workload_finished_check
          CHECK ((status IN ('completed', 'dead', 'cancelled')) = (finished_at IS NOT NULL))
      ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)`);
    for (const [name, columns, where] of INDEXES)
      await queryRunner.query(
        `CREATE INDEX workload_${name}_idx ON workload (${columns})${where && ` WHERE ${where}`}`,
      );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE workload');
  }
}

const INDEXES = [
  ['entry', 'entry_id, uid', ''],
  ['queue', 'entry_id, rank, uid', `status = 'queued'`],
  // Workers without a GPU would have to step over all that need one.
  ['plain_queue', 'entry_id, rank, uid', `status = 'queued' AND NOT gpu`],
  ['scheduled', 'ready_at', `status = 'scheduled'`],
  ['running', 'lease_until', `status = 'running'`],
  ['dead', 'entry_id', `status = 'dead'`],
  ['finished', 'finished_at', 'finished_at IS NOT NULL'],
] as const;
