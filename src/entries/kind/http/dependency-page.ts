import type { Request, Response } from 'express';
import { sendPage } from '../../../platform/http/paging.js';
import type { PageQuery } from '../../../platform/http/paging.js';
import { idCursor } from '../../http/relationship-page.js';
import type { DependenciesService } from '../dependencies/dependencies.service.js';
import type { Dependency } from '../dependencies/dependency.dto.js';
import { toDependency } from '../dependencies/dependency.repository.js';
import type { DependencyDirection } from '../dependencies/dependency.repository.js';

/** Answers what an entry needs, or what needs it, in the order they were made. */
export async function sendDependencies(
  dependencies: DependenciesService,
  { entryId, direction }: { entryId: string; direction: DependencyDirection },
  query: Pick<PageQuery, 'limit' | 'offset' | 'cursor' | 'count'>,
  request: Request,
  response: Response,
): Promise<Dependency[]> {
  const cursor = idCursor(`dependencies-${direction}`, entryId);
  const afterId = cursor.read(query.cursor);
  const page = { limit: query.limit + 1, offset: query.offset ?? 0, afterId };
  const rows = await dependencies.list(entryId, direction, page);
  const total = query.count && (await dependencies.count(entryId, direction));
  const more = rows.length > query.limit;
  if (more) rows.pop();
  const byOffset = query.offset !== undefined && query.cursor === undefined;
  return sendPage(request, response, {
    rows: rows.map(toDependency),
    total,
    nextOffset: more && byOffset ? query.offset! + query.limit : undefined,
    nextCursor: more && !byOffset ? cursor.write(rows.at(-1)!.relationship_id) : undefined,
  });
}
