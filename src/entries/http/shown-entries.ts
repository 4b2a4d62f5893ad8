import type { Response } from 'express';
import type { EntriesService } from '../entries.service.js';
import type { EntryRow } from '../entry-response.js';

/** Entries as the caller may see them. An answer that holds a secret in the clear is kept by no cache on its way. */
export async function shownEntries(
  entries: EntriesService,
  rows: readonly EntryRow[],
  response: Response,
): Promise<readonly EntryRow[]> {
  const shown = await entries.shown(rows);
  if (shown !== rows && shown.some((row, i) => row !== rows[i])) response.setHeader('Cache-Control', 'no-store');
  return shown;
}
