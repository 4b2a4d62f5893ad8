import { ApiProperty } from '@nestjs/swagger';
import {
  BooleanField,
  EnumField,
  IntegerField,
  NestedListField,
  Shown,
  TextField,
  TextListField,
} from '../../../platform/http/fields.js';
import { NODE_TYPES } from '../grid-node.kind.js';
import type { NodeType } from '../grid-node.kind.js';

export const STRATEGIES = ['round_robin', 'least_connections', 'weighted', 'random', 'consistent_hash'] as const;
export type Strategy = (typeof STRATEGIES)[number];
export const OPERATORS = ['eq', 'ne', 'in', 'exists'] as const;
export type AffinityOperator = (typeof OPERATORS)[number];

export class GridAffinity {
  @TextField({ required: true, min: 1, max: 128, description: 'A label.', example: 'gpu' }) key: string;
  @EnumField(OPERATORS, { required: true, example: 'eq' }) operator: AffinityOperator;
  @TextListField({
    most: 50,
    max: 256,
    description: 'One for `eq` and `ne`, any number for `in`, none for `exists`.',
    example: ['a100'],
  })
  values?: string[] | null;
}

export class GridBalance {
  @EnumField(NODE_TYPES, { description: 'Only nodes of this type.', example: 'compute' }) type?: NodeType | null;
  @EnumField(STRATEGIES, { description: 'round_robin when left out.', example: 'round_robin' })
  strategy?: Strategy | null;
  @TextField({
    min: 1,
    max: 1024,
    trim: false,
    description: 'What `consistent_hash` gives the same node again and again.',
    example: 'session-42',
  })
  key?: string | null;
  @TextField({ min: 1, max: 128, description: 'Only nodes of this region.', example: 'eu-central-1' })
  region?: string | null;
  @TextField({
    min: 1,
    max: 128,
    description: 'Only nodes of this zone; with `prefer_same_zone` these before all others.',
    example: 'eu-central-1a',
  })
  zone?: string | null;
  @NestedListField(() => GridAffinity, { most: 20, description: 'All of them must match.' })
  affinity?: GridAffinity[] | null;
  @BooleanField({ description: 'Other zones only when no node of this one can take work.', example: true })
  prefer_same_zone?: boolean | null;
}

/** The node as far as whoever calls it needs to know. */
export class GridTarget {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('node_n1') key: string;
  @Shown('n1') name: string;
  @Shown('compute', { enum: NODE_TYPES }) type: string;
  @Shown('10.0.3.17') host: string;
  @Shown(9000, { type: 'integer' }) port: number;
  @Shown('10.0.3.17:9000') address: string;
  @Shown('eu-central-1', { type: String, nullable: true }) region: string | null;
  @Shown('eu-central-1a', { type: String, nullable: true }) zone: string | null;
  @Shown(10, { type: 'integer' }) weight: number;
  @Shown(1000, { type: 'integer', nullable: true }) capacity: number | null;
  @Shown({ gpu: 'a100' }, { type: Object }) labels: Record<string, unknown>;
  @Shown('active') status: string;
  @Shown('healthy') health: string;
  @Shown(13, { type: 'integer', description: 'With the one it was just given.' }) connections: number;
}

export class GridWhy {
  @Shown(10, { type: 'integer', description: 'Nodes that match the question, whatever they do.' }) matching: number;
  @Shown(8, { type: 'integer', description: 'Of these the ones it was chosen among.' }) candidates: number;
  @Shown(
    { draining: 1, unhealthy: 1 },
    {
      type: Object,
      description: 'Matching nodes that get no work, by what stands in the way.',
    },
  )
  excluded: Record<string, number>;
  @Shown(true, { type: Boolean, nullable: true, description: 'With `prefer_same_zone`: whether it is of that zone.' })
  same_zone: boolean | null;
  @Shown(false, { description: 'True when only nodes were left whose health is degraded.' }) degraded: boolean;
  @Shown(41, { type: 'integer', nullable: true, description: 'Of round_robin: whose turn it was, counted from 0.' })
  turn: number | null;
  @Shown(true, {
    type: Boolean,
    nullable: true,
    description: 'Of round_robin: whether all processes of the registry count turns together.',
  })
  shared: boolean | null;
  @Shown(null, {
    type: String,
    nullable: true,
    description:
      'Of random: the key of the other node that was drawn. Of consistent_hash: of the node that the key left.',
  })
  instead_of: string | null;
}

export class GridGuardNotice {
  @Shown('2026-01-31T09:31:00.000Z', { format: 'date-time', description: 'When the silent are given up.' })
  until: string;
  @Shown('Most nodes are silent at once; the last known ones are served.') message: string;
}

export class GridDecision {
  @ApiProperty({ type: GridTarget }) node: GridTarget;
  @Shown('round_robin', { enum: STRATEGIES }) strategy: string;
  @Shown('turn 41 of a cycle of 8 shared by all replicas', { description: 'Why this node, in words.' }) reason: string;
  @ApiProperty({ type: GridWhy }) why: GridWhy;
  @Shown(null, { type: GridGuardNotice, nullable: true, description: 'While silent nodes are kept for now.' })
  guard: GridGuardNotice | null;
}

export class GridRelease {
  @IntegerField({ min: 1, max: 1_000_000, description: 'How many; 1 when left out.', example: 1 })
  connections?: number | null;
}

export class GridReleased {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('node_n1') key: string;
  @Shown('draining') status: string;
  @Shown(12, { type: 'integer', description: 'Those it has left.' }) connections: number;
}
