import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was asked of the gateway, by key, route and hour, later by day. Beside every single key and route stand their sums
 * (`*`), so that no question has to add up more than the hours of its range times the keys or the routes it names.
 */
export class GatewayUsage1764000008200 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // Rows of the present hour are updated every few seconds; the free space keeps that off the indexes.
    await queryRunner.query(`
      CREATE TABLE gateway_usage (
        key_id text COLLATE "C" NOT NULL,
        route text COLLATE "C" NOT NULL,
        at timestamptz(3) NOT NULL,
        step text COLLATE "C" NOT NULL,
        requests bigint NOT NULL,
        client_errors bigint NOT NULL,
        server_errors bigint NOT NULL,
        unauthenticated bigint NOT NULL,
        forbidden bigint NOT NULL,
        rate_limited bigint NOT NULL,
        bytes_out bigint NOT NULL,
        last_at timestamptz(3) NOT NULL,
        latency integer[] NOT NULL,
        CONSTRAINT gateway_usage_pkey PRIMARY KEY (key_id, route, at, step),
        CONSTRAINT gateway_usage_step_check CHECK (step IN ('hour', 'day'))
      ) WITH (fillfactor = 70)`);
    await queryRunner.query(`CREATE INDEX gateway_usage_key_sums_idx ON gateway_usage (at) WHERE route = '*'`);
    await queryRunner.query('CREATE INDEX gateway_usage_at_idx ON gateway_usage USING brin (at)');
    // The last batch of each process: one whose acknowledgement was lost is known when it comes again.
    await queryRunner.query(`
      CREATE TABLE gateway_usage_batch (
        process uuid NOT NULL,
        number bigint NOT NULL,
        at timestamptz(3) NOT NULL,
        CONSTRAINT gateway_usage_batch_pkey PRIMARY KEY (process)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE gateway_usage_batch');
    await queryRunner.query('DROP TABLE gateway_usage');
  }
}
