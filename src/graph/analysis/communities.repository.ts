import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { countOf, sizeOf } from '../engine/groups.js';
import type { Groups } from '../engine/groups.js';
import type { NodeId } from '../engine/neighbor-source.js';
import { GraphRunRepository } from './graph-run.repository.js';

export interface CommunityRow {
  community: number;
  size: number;
  /** Inside ids of the first of them. */
  members: NodeId[];
}

/** Which entries are in which community, as runs found them: numbered from 0, larger ones first, members by degree. */
@Injectable()
export class CommunitiesRepository {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly runs: GraphRunRepository,
  ) {}

  async write(runId: number, groups: Groups): Promise<void> {
    const community = new Uint32Array(groups.ids.length);
    const place = new Uint32Array(groups.ids.length);
    for (let group = 0; group < countOf(groups); group++) {
      community.fill(group, groups.offsets[group], groups.offsets[group + 1]);
      for (let i = 0; i < sizeOf(groups, group); i++) place[groups.offsets[group] + i] = i;
    }
    await this.runs.write('graph_community', runId, {
      community: { type: 'integer', values: community },
      place: { type: 'integer', values: place },
      entry_id: { type: 'bigint', values: groups.ids },
    });
  }

  async page(runId: number, page: { limit: number; offset: number }, members: number): Promise<CommunityRow[]> {
    const rows = await this.uow.query<{ community: number; size: string; members: string[] }>(
      `SELECT n AS community, (SELECT count(*) FROM graph_community c WHERE c.run_id = $1 AND c.community = n) AS size,
         ARRAY(SELECT c.entry_id FROM graph_community c WHERE c.run_id = $1 AND c.community = n AND c.place < $4 ORDER BY c.place) AS members
       FROM generate_series($2::integer, $2::integer + $3::integer - 1) n ORDER BY n`,
      [runId, page.offset, page.limit, members],
      'graph-communities',
    );
    return rows
      .map(({ community, size, members: ids }) => ({ community, size: Number(size), members: ids.map(Number) }))
      .filter(({ size }) => size > 0);
  }
}
