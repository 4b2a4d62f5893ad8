import { ApiPropertyOptional } from '@nestjs/swagger';
import { BooleanField, EnumField, IntegerField, Shown, TextField } from '../../../platform/http/fields.js';
import { NODE_TYPES } from '../grid-node.kind.js';
import type { NodeType } from '../grid-node.kind.js';

export const SOURCES = ['kubernetes', 'dns'] as const;

export class GridDiscover {
  @EnumField(SOURCES, { required: true, example: 'dns' }) source: (typeof SOURCES)[number];
  @TextField({
    max: 253,
    pattern: /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?$/,
    rule: 'must be a domain name such as _grid._tcp.example.com',
    description: 'Of dns: whose SRV records name the nodes.',
    example: '_grid._tcp.example.com',
  })
  name?: string | null;
  @TextField({
    min: 1,
    max: 1024,
    description: 'Of kubernetes: only machines with these labels.',
    example: 'node-role.kubernetes.io/worker',
  })
  label_selector?: string | null;
  @EnumField(NODE_TYPES, { description: 'What they are; compute when left out.', example: 'worker' })
  type?: NodeType | null;
  @IntegerField({
    min: 1,
    max: 65_535,
    description: "Of kubernetes: where they listen; the kubelet's port when left out.",
    example: 9000,
  })
  port?: number | null;
  @TextField({ min: 1, max: 128, description: 'Of those whose source names none.', example: 'eu-central-1' })
  region?: string | null;
  @TextField({ min: 1, max: 128, description: 'Of those whose source names none.', example: 'eu-central-1a' })
  zone?: string | null;
  @BooleanField({ description: 'Gives new ones work at once, if they are ready; false when left out.', example: true })
  activate?: boolean | null;
  @BooleanField({ description: 'Says what would happen, and changes nothing.', example: false })
  dry_run?: boolean | null;
}

export const OUTCOMES = ['registered', 'updated', 'unchanged', 'invalid'] as const;
export type DiscoveryOutcome = (typeof OUTCOMES)[number];

export class GridDiscovered {
  @Shown('n1.example.com') name: string;
  @Shown('registered', { enum: OUTCOMES }) outcome: DiscoveryOutcome;
  @Shown('n1.example.com:9000') address: string;
  @ApiPropertyOptional({ type: String, format: 'uuid', example: '0192f0c1-7c3a-7a10-9d5e-0242ac120002' }) id?: string;
  @ApiPropertyOptional({ type: String, example: 'active' }) status?: string;
  @ApiPropertyOptional({ type: String, example: 'The machine is cordoned; it was not activated.' }) detail?: string;
}

export class GridDiscovery {
  @Shown(3, { type: 'integer' }) registered: number;
  @Shown(0, { type: 'integer' }) updated: number;
  @Shown(2, { type: 'integer' }) unchanged: number;
  @Shown(0, { type: 'integer' }) invalid: number;
  @Shown(false) dry_run: boolean;
  @ApiPropertyOptional({ type: [GridDiscovered] }) nodes: GridDiscovered[];
}
