import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A row of the catalog. `id` stays inside the service; `uid` is the public id. */
@Entity('entry')
@Unique('entry_uid_key', ['uid'])
@Unique('entry_kind_name_key', ['kind', 'name', 'version'])
@Index('entry_kind_status_idx', ['kind', 'status'])
@Index('entry_kind_created_idx', ['kind', 'createdAt', 'id'])
@Index('entry_created_idx', ['createdAt', 'id'])
@Index('entry_updated_idx', ['updatedAt', 'id'])
@Index('entry_name_idx', ['name', 'id'])
@Index('entry_popularity_idx', ['popularity', 'id'])
// Kinds of index the row class cannot state (GIN, partial); the migration makes them.
@Index('entry_tags_idx', { synchronize: false })
@Index('entry_metadata_idx', { synchronize: false })
@Index('entry_feature_idx', { synchronize: false })
@Index('entry_owner_idx', { synchronize: false })
@Index('entry_registry_id_idx', { synchronize: false })
export class EntryEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'entry_pkey',
  })
  id: string;

  @Column('uuid')
  uid: string;

  @Column('text')
  kind: string;

  @Column({ type: 'text', collation: 'C' })
  name: string;

  @Column({ type: 'text', collation: 'C', default: '' })
  version: string;

  @Column('text', { nullable: true })
  title: string | null;

  @Column('text', { nullable: true })
  description: string | null;

  @Column('text', { nullable: true })
  feature: string | null;

  @Column('text')
  status: string;

  @Column('text', { default: 'unknown' })
  health: string;

  @Column('text', { nullable: true })
  reportedHealth: string | null;

  @Column('text', { nullable: true })
  owner: string | null;

  @Column('text', { array: true, default: '{}' })
  tags: string[];

  @Column('jsonb', { default: {} })
  metadata: Record<string, unknown>;

  @Column('jsonb', { default: {} })
  spec: Record<string, unknown>;

  @Column('text', { array: true, default: '{}' })
  regions: string[];

  @ForeignKey(() => EntryEntity, { name: 'entry_registry_id_fkey' })
  @Column('bigint', { nullable: true })
  registryId: string | null;

  @Column('jsonb', { default: {} })
  syncStatus: Record<string, unknown>;

  @Column('jsonb', { default: {} })
  complianceStatus: Record<string, unknown>;

  @Column('jsonb', { default: {} })
  securityContext: Record<string, unknown>;

  @Column('real', { default: 0 })
  popularity: number;

  @Column('text')
  checksum: string;

  @Column('integer', { default: 1 })
  revision: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  updatedAt: Date;
}
