import { gzipSync } from 'node:zlib';
import { BACKUP, FORMAT } from '../../../src/backup-file/backup-format.js';
import { BackupWriter } from '../../../src/backup-file/backup-writer.js';

/** A whole backup of next to nothing. */
export function stubBackup(): Buffer {
  const writer = new BackupWriter();
  const head = {
    backup: BACKUP,
    format: FORMAT,
    release: '0.1.0',
    created_at: '2026-03-01T09:30:00.000Z',
    postgres: '15.1',
    migrations: [],
    seq: 7,
    unnumbered: 0,
    sequences: { 'entry.id': '1' },
    partitions: {},
    master_keys: [],
    tables: ['entry'],
  };
  const text = [
    writer.head(head),
    writer.table({ table: 'entry', columns: [['id', 'bigint']] }),
    writer.rows(['["1"]']),
    writer.endTable(),
    writer.end(),
  ];
  return gzipSync(text.join(''));
}
