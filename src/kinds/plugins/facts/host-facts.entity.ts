import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a host last said of itself. */
@Entity('host_facts')
export class HostFactsEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'host_facts_pkey' })
  host: string;

  @Column('jsonb')
  facts: Record<string, string | number | boolean>;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  reportedAt: Date;
}
