import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { EntrySummary } from '../../entries/http/entry.dto.js';
import { Shown } from '../../platform/http/fields.js';

const INTEGER = { type: 'integer' } as const;

export class GraphTruncation {
  @ApiProperty({
    enum: ['limit', 'edges', 'deadline', 'hub'],
    description:
      'What ended it: the `limit` of entries, the number of relationships, the time, or a `hub` (an entry with more than 5000 relationships), which is answered but not walked through.',
    example: 'limit',
  })
  reason: string;

  @ApiProperty({ ...INTEGER, description: 'The first distance at which something may be missing.', example: 3 })
  at_depth: number;
}

const Truncated = (): PropertyDecorator =>
  ApiProperty({
    type: GraphTruncation,
    nullable: true,
    description: 'Null: the answer is whole. Reaching the depth asked for is no truncation.',
    example: null,
  });

const CONSTRAINT_STATES = ['satisfied', 'unsatisfied', 'unknown'] as const;

/** What a relationship asks of the version it leads to. */
const constraint = (of: string) => ({
  type: String,
  nullable: true,
  description: `The version that ${of} asks for, from its metadata: \`constraint\` (a SemVer range, or a comparison as Debian writes it), or the versions in \`groups\` or \`alternatives\`. Null: any will do.`,
  example: 'postgres (>= 15)',
});
const constraintState = {
  enum: CONSTRAINT_STATES,
  description: '`unknown`: the version that is there is not known or not understood, or another alternative may do.',
  example: 'satisfied',
};

export class GraphNodeAnswer extends EntrySummary {
  @ApiProperty({ ...INTEGER, description: 'Fewest steps from the root.', example: 1 }) distance: number;
}

export class GraphEdgeAnswer {
  @Shown('1042') id: string;
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) source_id: string;
  @Shown('0192f0c1-8d10-7b21-8c1f-0242ac120002', { format: 'uuid' }) target_id: string;
  @Shown('depends_on') type: string;
  @Shown(1) weight: number;
  @Shown(false) bidirectional: boolean;
  @ApiPropertyOptional(constraint('it')) constraint?: string | null;
  @ApiPropertyOptional(constraintState) constraint_state?: string;
}

export class SkippedHub {
  @Shown('0192f0c1-8d10-7b21-8c1f-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('resource_libc6@2.36-9+deb12u10') key: string;
  @ApiProperty({ ...INTEGER, description: 'Its relationships in the direction walked.', example: 21810 })
  degree: number;
  @ApiProperty({ ...INTEGER, example: 2 }) distance: number;
}

export class Graph {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) root_id: string;
  @ApiProperty({ ...INTEGER, description: 'The depth asked for.', example: 3 }) depth: number;
  @ApiProperty({ type: [GraphNodeAnswer], description: 'The root first, then by distance.' }) nodes: GraphNodeAnswer[];
  @ApiProperty({ type: [GraphEdgeAnswer], description: 'Every relationship walked, once; both ends are in `nodes`.' })
  edges: GraphEdgeAnswer[];
  @Truncated() truncated: GraphTruncation | null;
  @ApiProperty({ type: [SkippedHub], description: 'Entries answered but not walked through.' })
  skipped_hubs: SkippedHub[];
}

export class DependencyNode extends GraphNodeAnswer {
  @ApiProperty({
    type: [String],
    description:
      'Keys along one shortest path, from the root to this entry; where there are several, over the entries registered first. Of more than 100 keys, the first and the last 99.',
    example: ['svc_checkout', 'svc_payments', 'resource_postgres'],
  })
  path: string[];

  @ApiPropertyOptional(constraint('the relationship from the entry before it on its path'))
  constraint?: string | null;

  @ApiPropertyOptional(constraintState) constraint_state?: string;
}

export class ImpactNode extends OmitType(DependencyNode, ['constraint', 'constraint_state'] as const) {
  @ApiProperty({
    description:
      "Whether what it needs of the entry before it on its path can be met by one that is not affected: by an alternative named in the relationship's metadata (`groups`: lists of alternatives, each list to be met; or `alternatives`: one list; of names of entries of the same type), or by another entry that `provides` the same.",
    example: false,
  })
  has_alternative: boolean;
}

export class Dependencies {
  @ApiProperty({ type: GraphNodeAnswer }) root: GraphNodeAnswer;
  @ApiProperty({ type: [DependencyNode], description: 'By distance, without the root.' }) nodes: DependencyNode[];
  @ApiProperty({ ...INTEGER, description: 'How many there are in `nodes`.', example: 2 }) count: number;
  @Truncated() truncated: GraphTruncation | null;
  @ApiProperty({
    type: Object,
    additionalProperties: { type: 'integer' },
    description: '`nodes` counted by type.',
    example: { service: 1, resource: 1 },
  })
  by_type: Record<string, number>;
}

export class Impact extends OmitType(Dependencies, ['nodes'] as const) {
  @ApiProperty({ type: [ImpactNode], description: 'By distance, without the root.' })
  nodes: ImpactNode[];

  @ApiProperty({
    type: [EntrySummary],
    description: 'Entries not affected that could stand in for the root: they provide it, or something it provides.',
  })
  alternatives: EntrySummary[];
}

export class NeighborAnswer extends EntrySummary {
  @ApiProperty({ enum: ['out', 'in'], description: 'From the root, or to it.', example: 'out' }) direction: string;
  @Shown('1042') relationship_id: string;
  @Shown(1) weight: number;
  @Shown(false) bidirectional: boolean;
}

export class Neighbors {
  @ApiProperty({ type: EntrySummary }) root: EntrySummary;
  @ApiProperty({ ...INTEGER, description: 'All relationships that start from it.', example: 3 }) out_degree: number;
  @ApiProperty({ ...INTEGER, description: 'All relationships that point at it.', example: 21810 }) in_degree: number;
  @ApiProperty({ ...INTEGER, description: 'Neighbours in this answer.', example: 53 }) count: number;
  @ApiProperty({
    type: Object,
    additionalProperties: { type: 'array', items: { $ref: '#/components/schemas/NeighborAnswer' } },
    description: 'By relationship type; those it points at before those that point at it.',
  })
  neighbors: Record<string, NeighborAnswer[]>;
  @ApiProperty({
    type: Object,
    additionalProperties: { type: 'string' },
    description: 'For every type with more than `limit`: the `cursor` that continues it.',
    example: {},
  })
  next: Record<string, string>;
  @Truncated() truncated: GraphTruncation | null;
}

export class Path {
  @ApiProperty({ type: [GraphNodeAnswer], description: 'From source to target, both included.' })
  nodes: GraphNodeAnswer[];
  @ApiProperty({ type: [GraphEdgeAnswer], description: 'The relationships between them, in order.' })
  edges: GraphEdgeAnswer[];
  @ApiProperty({ ...INTEGER, description: 'Steps.', example: 2 }) length: number;
  @ApiProperty({ description: 'Sum of the weights.', example: 2.5 }) cost: number;
}

export class PathsTruncation {
  @ApiProperty({
    enum: ['limit', 'entries', 'edges', 'steps', 'deadline'],
    description:
      'What ended it: the `limit` of paths; too many entries, relationships (`edges`) or beginnings of paths (`steps`) to look at; the time.',
    example: 'limit',
  })
  reason: string;

  @ApiProperty({ ...INTEGER, description: 'The least length of which paths may be missing.', example: 4 })
  at_depth: number;
}

export class Paths {
  @ApiProperty({ ...INTEGER, description: 'The most steps asked for.', example: 5 }) max_depth: number;
  @ApiProperty({ ...INTEGER, description: 'Paths in this answer.', example: 2 }) count: number;
  @ApiProperty({ type: [Path], description: 'Shorter ones first; none meets an entry twice.' }) paths: Path[];
  @ApiProperty({
    type: PathsTruncation,
    nullable: true,
    description: 'Null: these are all paths of up to `max_depth` steps.',
    example: null,
  })
  truncated: PathsTruncation | null;
}

export class SuggestionReasonAnswer {
  @ApiProperty({
    enum: ['declared', 'shared_neighbors', 'mentioned', 'similar'],
    description:
      'Written as needed in metadata or spec; neighbours in common (Adamic and Adar); named in title or description; about the same.',
    example: 'shared_neighbors',
  })
  kind: string;
  @ApiProperty({ minimum: 0, maximum: 1, example: 0.62 }) score: number;
  @Shown('3 neighbours in common') detail: string;
}

export class SuggestionAnswer {
  @ApiProperty({ type: EntrySummary, description: 'The entry at the other end.' }) entity: EntrySummary;
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) source_id: string;
  @Shown('0192f0c1-8d10-7b21-8c1f-0242ac120002', { format: 'uuid' }) target_id: string;
  @Shown('depends_on') type: string;
  @ApiProperty({ minimum: 0, maximum: 1, description: 'What all reasons come to.', example: 0.62 }) score: number;
  @Shown('3 neighbours in common') reason: string;
  @ApiProperty({ type: [SuggestionReasonAnswer], description: 'Strongest first.' }) reasons: SuggestionReasonAnswer[];
}

export class CycleAnswer {
  @ApiProperty({ ...INTEGER, description: 'Entries in it.', example: 2 }) size: number;
  @ApiProperty({ type: [EntrySummary], description: 'The first hundred, by age.' }) nodes: EntrySummary[];
  @ApiProperty({ description: 'There are more than `nodes` shows.', example: false }) truncated: boolean;
}

/** A line of a streamed answer: `root` first, then `node` and `edge`, `summary` last; without it the answer was cut. */
export class GraphLine {
  @ApiProperty({ enum: ['root', 'node', 'edge', 'summary'], example: 'node' }) kind: string;
  @ApiPropertyOptional({ example: 'svc_payments' }) key?: string;
}
