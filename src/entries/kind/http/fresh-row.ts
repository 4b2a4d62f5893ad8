import type { Request } from 'express';
import { assertFresh, ifMatch } from '../../../platform/http/etag.js';
import type { EntryRow } from '../../entry-response.js';

/** The check of `If-Match`, for under the row's lock. */
export function freshRow(request: Request): (row: Pick<EntryRow, 'revision'>) => void {
  const expected = ifMatch(request);
  return ({ revision }) => assertFresh(expected, revision);
}
