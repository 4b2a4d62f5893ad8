import type { GroupSpec } from '../spec/types.js';
import { importDebianCommand } from './import-debian.js';
import { importEntriesCommand } from './import-entries.js';

export const importCommand: GroupSpec = {
  name: 'import',
  summary: 'Import an export, or a Debian package index',
  fallback: 'entries',
  children: [importEntriesCommand, importDebianCommand],
};
