import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { EntryEntity } from '../entry.entity.js';

/** What the calls to an entry's controller are signed with, sealed. */
@Entity('driver_secret')
export class DriverSecretEntity {
  @ForeignKey(() => EntryEntity, { name: 'driver_secret_entry_id_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'driver_secret_pkey' })
  entryId: string;

  @Column('text')
  sealed: string;

  @Column('text', { nullable: true })
  former: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  formerUntil: Date | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt: Date;
}
