import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far each rollout has got by itself, when it goes on, and what holds it. Environment '' is where none says otherwise. */
export class FeatureFlagRollout1764000009092 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE feature_flag_rollout (
        flag_id bigint NOT NULL,
        environment text COLLATE "C" NOT NULL,
        next_at timestamptz,
        stepped_at timestamptz,
        guarded boolean NOT NULL DEFAULT false,
        paused_at timestamptz,
        reason text,
        resumed_at timestamptz,
        CONSTRAINT feature_flag_rollout_pkey PRIMARY KEY (flag_id, environment),
        CONSTRAINT feature_flag_rollout_flag_id_fkey FOREIGN KEY (flag_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
    await queryRunner.query(
      'CREATE INDEX feature_flag_rollout_next_idx ON feature_flag_rollout (next_at) WHERE next_at IS NOT NULL',
    );
    await queryRunner.query(
      'CREATE INDEX feature_flag_rollout_guarded_idx ON feature_flag_rollout (flag_id) WHERE guarded',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE feature_flag_rollout');
  }
}
