import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { EntryEntity } from '../entry.entity.js';

/** What a driver was asked to do. */
@Entity('operation')
@Index('operation_entry_idx', ['entryId', 'createdAt', 'id'])
// Partial ones, which the row class cannot state; the migration makes them.
@Index('operation_open_key', { synchronize: false })
@Index('operation_next_idx', { synchronize: false })
@Index('operation_deadline_idx', { synchronize: false })
export class OperationEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'operation_pkey' })
  id: string;

  @ForeignKey(() => EntryEntity, { name: 'operation_entry_id_fkey', onDelete: 'CASCADE' })
  @Column('bigint')
  entryId: string;

  @Column('text')
  verb: string;

  @Column('text')
  fromState: string;

  @Column('text')
  toState: string;

  @Column('integer', { nullable: true })
  capacity: number | null;

  @Column('text')
  driver: string;

  @Column('text', { default: 'pending' })
  state: string;

  @Column('text', { nullable: true })
  message: string | null;

  @Column('jsonb', { default: {} })
  options: Record<string, unknown>;

  @Column('text')
  requestedBy: string;

  @Column('integer', { default: 0 })
  attempts: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  nextAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  lockedUntil: Date | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  deadline: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  endedAt: Date | null;
}
