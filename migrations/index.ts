import { Extensions1764000000100 } from './1764000000100-extensions.js';
import { Entry1764000000200 } from './1764000000200-entry.js';
import { EntryCount1764000000300 } from './1764000000300-entry-count.js';
import { Relationship1764000000400 } from './1764000000400-relationship.js';
import { EntryDocument1764000000500 } from './1764000000500-entry-document.js';
import { Event1764000000600 } from './1764000000600-event.js';

/** Every migration, oldest first. A merged one is never edited. */
export const MIGRATIONS = [
  Extensions1764000000100,
  Entry1764000000200,
  EntryCount1764000000300,
  Relationship1764000000400,
  EntryDocument1764000000500,
  Event1764000000600,
];
