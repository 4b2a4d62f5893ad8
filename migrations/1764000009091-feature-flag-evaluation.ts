import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often flags were answered, by environment, hour and answer: the catalog's rows hear nothing of it. */
export class FeatureFlagEvaluation1764000009091 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE feature_flag_evaluation (
        flag_id bigint NOT NULL,
        environment text COLLATE "C" NOT NULL,
        hour timestamptz NOT NULL,
        enabled boolean NOT NULL,
        variant text COLLATE "C" NOT NULL,
        count bigint NOT NULL,
        last_at timestamptz NOT NULL,
        CONSTRAINT feature_flag_evaluation_pkey PRIMARY KEY (flag_id, environment, hour, enabled, variant),
        CONSTRAINT feature_flag_evaluation_flag_id_fkey FOREIGN KEY (flag_id) REFERENCES entry (id) ON DELETE CASCADE
      ) WITH (fillfactor = 70)`);
    await queryRunner.query(
      'CREATE INDEX feature_flag_evaluation_hour_idx ON feature_flag_evaluation USING brin (hour)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE feature_flag_evaluation');
  }
}
