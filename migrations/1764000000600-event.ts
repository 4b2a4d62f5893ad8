import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The outbox: written in the business transaction, numbered by the sequencer, read by the feed, by history and by the
 * at-least-once handlers. A row may stand for `span` messages (a bulk of relationships); `seq` is the last one's number.
 */
export class Event1764000000600 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE event (
        id bigint GENERATED ALWAYS AS IDENTITY,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        seq bigint,
        span integer NOT NULL DEFAULT 1,
        type text NOT NULL,
        entry_id bigint,
        actor text NOT NULL,
        request_id text,
        payload jsonb NOT NULL,
        at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT event_pkey PRIMARY KEY (id, at)
      ) PARTITION BY RANGE (at)`);
    // Payloads are compressed on every write; lz4 does it at a third of the cost, where the server was built with it.
    await queryRunner.query(`
      DO $$ BEGIN
        ALTER TABLE event ALTER COLUMN payload SET COMPRESSION lz4;
      EXCEPTION WHEN feature_not_supported THEN NULL;
      END $$`);
    await queryRunner.query('CREATE TABLE event_rest PARTITION OF event DEFAULT');
    await queryRunner.query('CREATE INDEX event_seq_idx ON event (seq)');
    await queryRunner.query('CREATE INDEX event_unsequenced_idx ON event (xid, id) WHERE seq IS NULL');
    await queryRunner.query('CREATE INDEX event_entry_idx ON event (entry_id, id) WHERE entry_id IS NOT NULL');
    // The high mark survives dropped partitions; its row lock is what lets one sequencer work at a time.
    await queryRunner.query('CREATE TABLE event_sequence (seq bigint NOT NULL)');
    await queryRunner.query('INSERT INTO event_sequence VALUES (0)');
    await queryRunner.query(`
      CREATE TABLE event_consumer (
        name text NOT NULL,
        seq bigint NOT NULL,
        updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT event_consumer_pkey PRIMARY KEY (name)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['event_consumer', 'event_sequence', 'event']) await queryRunner.query(`DROP TABLE ${table}`);
  }
}
