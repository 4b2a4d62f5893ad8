import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How engines are scaled by themselves, what the scaler remembers between two looks, and what it decided. */
export class EngineAutoscaling1764000009061 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE engine_autoscaling (
        entry_id bigint NOT NULL,
        settings jsonb NOT NULL,
        recommendations jsonb NOT NULL DEFAULT '[]',
        last_reason text,
        last_scaled_at timestamptz,
        updated_at timestamptz NOT NULL,
        CONSTRAINT engine_autoscaling_pkey PRIMARY KEY (entry_id),
        CONSTRAINT engine_autoscaling_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
    await queryRunner.query(`
      CREATE TABLE engine_scaling_decision (
        id bigint GENERATED ALWAYS AS IDENTITY,
        entry_id bigint NOT NULL,
        at timestamptz NOT NULL,
        policy text NOT NULL,
        action text NOT NULL,
        reason text NOT NULL,
        detail text NOT NULL,
        current integer NOT NULL,
        desired integer NOT NULL,
        outcome text NOT NULL,
        inputs jsonb NOT NULL,
        CONSTRAINT engine_scaling_decision_pkey PRIMARY KEY (id),
        CONSTRAINT engine_scaling_decision_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entry (id) ON DELETE CASCADE
      )`);
    await queryRunner.query(
      'CREATE INDEX engine_scaling_decision_entry_idx ON engine_scaling_decision (entry_id, id DESC)',
    );
    await queryRunner.query('CREATE INDEX engine_scaling_decision_at_idx ON engine_scaling_decision USING brin (at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE engine_scaling_decision');
    await queryRunner.query('DROP TABLE engine_autoscaling');
  }
}
