import { ApiProperty } from '@nestjs/swagger';
import { EntrySummary } from '../../entries/http/entry.dto.js';
import { Shown } from '../../platform/http/fields.js';

const INTEGER = { type: 'integer' } as const;
const NOT_MEASURED = 'Null: the entry is not part of the graph that was looked at (newer than it, or restricted).';

export class StandardError {
  @Shown(0.0004) betweenness_centrality: number;
  @Shown(0.01) closeness_centrality: number;
}

export class CentralityRanks {
  @ApiProperty({ ...INTEGER, example: 1 }) degree: number;
  @ApiProperty({ ...INTEGER, example: 4 }) betweenness: number;
  @ApiProperty({ ...INTEGER, example: 2 }) closeness: number;
  @ApiProperty({ ...INTEGER, example: 1 }) pagerank: number;
}

/** Of the whole graph, all relationship types together; parallel relationships count once, bidirectional ones each way. */
export class CentralityOfEntry extends EntrySummary {
  @ApiProperty({
    type: Number,
    nullable: true,
    description: `In-degree and out-degree together, by the number of other entries. ${NOT_MEASURED}`,
    example: 0.34,
  })
  degree_centrality: number | null;

  @ApiProperty({ ...INTEGER, nullable: true, description: 'Entries that point at it.', example: 21810 })
  in_degree: number | null;

  @ApiProperty({ ...INTEGER, nullable: true, description: 'Entries that it points at.', example: 2 })
  out_degree: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Share of the ordered pairs of others whose shortest paths lead through it.',
    example: 0.0021,
  })
  betweenness_centrality: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'By the distances from those that reach it, times the share of entries that do (Wasserman and Faust).',
    example: 0.41,
  })
  closeness_centrality: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'With damping 0.85; all together 1.', example: 0.021 })
  pagerank: number | null;

  @ApiProperty({
    type: StandardError,
    nullable: true,
    description: 'Null: exact. Where a sample was drawn, how far betweenness and closeness may be off (68 %).',
    example: null,
  })
  standard_error: StandardError | null;

  @ApiProperty({ type: CentralityRanks, nullable: true, description: 'Places from 1, by each measure.' })
  ranks: CentralityRanks | null;

  @Shown('2026-03-01T12:00:00.000Z', { format: 'date-time' }) computed_at: string;
  @ApiProperty({ ...INTEGER, description: 'Rises with every change of relationships.', example: 1301 })
  graph_version: number;
  @ApiProperty({ description: 'Relationships or entries have changed since.', example: false }) stale: boolean;
  @ApiProperty({ description: 'False: betweenness and closeness are estimated from a sample.', example: true })
  exact: boolean;
  @ApiProperty({
    ...INTEGER,
    nullable: true,
    description: 'Entries from which shortest paths were followed; null where from all.',
    example: null,
  })
  sample_size: number | null;
  @ApiProperty({ ...INTEGER, description: 'Entries in the graph.', example: 63436 }) entries: number;
}

export class CommunityAnswer {
  @ApiProperty({ ...INTEGER, description: 'From 1; not the same one after the next computation.', example: 1 })
  number: number;
  @ApiProperty({ ...INTEGER, description: 'Entries in it.', example: 3120 }) size: number;
  @ApiProperty({
    type: [EntrySummary],
    description: 'Those with most neighbours; in all communities of an answer 20,000 at most.',
  })
  members: EntrySummary[];
  @ApiProperty({ description: 'There are more than `members` shows.', example: true }) truncated: boolean;
}

export class Communities {
  @ApiProperty({ description: 'How far relationships keep within communities: 0 is chance.', example: 0.69 })
  modularity: number;
  @ApiProperty({ ...INTEGER, description: 'Communities there are.', example: 6120 }) count: number;
  @ApiProperty({ ...INTEGER, description: 'Entries in the graph.', example: 63436 }) entries: number;
  @ApiProperty({ type: [CommunityAnswer], description: 'Larger ones first.' }) communities: CommunityAnswer[];
  @Shown('2026-03-01T12:00:00.000Z', { format: 'date-time' }) computed_at: string;
  @ApiProperty({ ...INTEGER, example: 1301 }) graph_version: number;
  @ApiProperty({ description: 'Relationships or entries have changed since.', example: false }) stale: boolean;
}

export class ComponentAnswer {
  @ApiProperty({ ...INTEGER, description: 'Entries in it.', example: 51204 }) size: number;
  @ApiProperty({
    type: [EntrySummary],
    description: 'The first hundred, by age; in all components of an answer 20,000 at most.',
  })
  nodes: EntrySummary[];
  @ApiProperty({ description: 'There are more than `nodes` shows.', example: true }) truncated: boolean;
}

export class Components {
  @ApiProperty({ enum: ['weak', 'strong'], example: 'weak' }) connection: string;
  @ApiProperty({ ...INTEGER, description: 'Entries in the graph.', example: 63436 }) entries: number;
  @ApiProperty({ ...INTEGER, description: 'Components there are.', example: 5898 }) count: number;
  @ApiProperty({ type: [ComponentAnswer], description: 'Largest first.' }) components: ComponentAnswer[];
  @Shown('2026-03-01T12:00:00.000Z', { format: 'date-time' }) computed_at: string;
  @ApiProperty({ ...INTEGER, example: 1301 }) graph_version: number;
  @ApiProperty({ description: 'Relationships or entries have changed since.', example: false }) stale: boolean;
}
