import { defineKind } from '../../entries/kind/kind.js';
import { EnumField, IntegerField, NestedField, ObjectField, Shown, TextField } from '../../platform/http/fields.js';
import { ServiceHealthCheck } from '../services/service.kind.js';

export const NODE_TYPES = ['compute', 'storage', 'gateway', 'worker', 'coordinator'] as const;
export type NodeType = (typeof NODE_TYPES)[number];

/** Seconds; what nobody says otherwise. */
export const DEFAULT_TTL = 15;
export const DEFAULT_GRACE = 300;
const DAY = 86_400;
const MOST_WEIGHT = 65_535;
const MOST_CONNECTIONS = 1_000_000_000;

export class GridNodeSpec {
  @EnumField(NODE_TYPES, { example: 'compute', description: 'compute when left out.' }) type?: NodeType | null;
  @TextField({
    required: true,
    max: 253,
    pattern: /^[A-Za-z0-9_:]([A-Za-z0-9._:%-]{0,251}[A-Za-z0-9_:.])?$/,
    rule: 'must be a host name or an IP address',
    example: '10.0.3.17',
  })
  host: string;
  @IntegerField({ required: true, min: 1, max: 65_535, example: 9000 }) port: number;
  @TextField({ min: 1, max: 128, example: 'eu-central-1' }) region?: string | null;
  @TextField({ min: 1, max: 128, example: 'eu-central-1a' }) zone?: string | null;
  @IntegerField({
    min: 1,
    max: MOST_WEIGHT,
    description: 'Share of the work beside the other nodes; 1 when left out.',
    example: 10,
  })
  weight?: number | null;
  @IntegerField({
    min: 1,
    max: MOST_CONNECTIONS,
    description: 'Most connections it takes at once; without a bound when left out.',
    example: 1000,
  })
  capacity?: number | null;
  @ObjectField({
    mostBytes: 16 * 1024,
    description: 'What `affinity` asks for, `{ "gpu": "a100" }`.',
    example: { gpu: 'a100' },
  })
  labels?: Record<string, unknown> | null;
  @IntegerField({
    min: 1,
    max: DAY,
    description: `Seconds a heartbeat is good for: silent for longer it is degraded, for twice as long unhealthy, for three times as long given up. Send one three times as often. ${DEFAULT_TTL} when left out; a node that has never sent one is not waited for.`,
    example: 15,
  })
  ttl_seconds?: number | null;
  @NestedField(() => ServiceHealthCheck, {
    description: 'A probe of its own, which then says how healthy it is, beside its heartbeats.',
  })
  health_check?: ServiceHealthCheck | null;
}

export class GridNodeDrain {
  @IntegerField({
    min: 0,
    max: DAY,
    description: `For how long its connections are waited for; ${DEFAULT_GRACE} when left out.`,
    example: 60,
  })
  grace_seconds?: number | null;
}

export const LIVENESS = ['beating', 'late', 'silent', 'expired'] as const;
export type LivenessState = (typeof LIVENESS)[number];

export class GridNodeDraining {
  @Shown('2026-01-31T09:30:00.000Z', { format: 'date-time' }) since: string;
  @Shown('2026-01-31T09:35:00.000Z', { format: 'date-time', description: 'Drained then at the latest.' }) until: string;
  @Shown(false, { description: 'Whether it is removed when it is drained.' }) remove: boolean;
}

/** What every answer about a node tells beside its entry. */
export class GridNodeState {
  @Shown(true, { description: 'Whether balancing may give it work now.' }) available: boolean;
  @Shown(12, { type: 'integer', description: 'As it reported last, with what was given to it and released since.' })
  connections: number;
  @Shown(0.4, { type: Number, nullable: true, description: 'As reported.' }) cpu: number | null;
  @Shown(0.6, { type: Number, nullable: true, description: 'As reported.' }) memory: number | null;
  @Shown(120.5, { type: Number, nullable: true, description: 'As reported.' }) requests: number | null;
  @Shown('beating', {
    type: String,
    nullable: true,
    enum: LIVENESS,
    description: 'By its heartbeats; null of a node that never sent one.',
  })
  liveness: LivenessState | null;
  @Shown('2026-01-31T09:30:05.000Z', { type: String, nullable: true, format: 'date-time' })
  last_heartbeat_at: string | null;
  @Shown(null, { type: GridNodeDraining, nullable: true }) draining: GridNodeDraining | null;
}

export const gridNodeKind = defineKind({
  name: 'grid_node',
  title: 'GridNode',
  plural: 'GridNodes',
  path: 'grid/nodes',
  prefix: 'node',
  spec: GridNodeSpec,
  answers: GridNodeState,
  defaults: { type: 'compute', weight: 1 },
  filters: ['type', 'region', 'zone'],
  example: {
    name: 'n1',
    type: 'compute',
    host: '10.0.3.17',
    port: 9000,
    region: 'eu-central-1',
    zone: 'eu-central-1a',
    weight: 10,
    labels: { gpu: 'a100' },
  },
  lifecycle: {
    initial: 'pending',
    states: ['pending', 'active', 'draining', 'drained', 'inactive'],
    transitions: {
      activate: {
        from: ['pending', 'draining', 'drained', 'inactive'],
        to: 'active',
        aliases: ['enable'],
        summary: 'Give a node work',
      },
      drain: {
        from: ['active'],
        to: 'draining',
        input: GridNodeDrain,
        summary: 'Give a node no new work: drained when its connections are released, or its grace is over',
      },
      deactivate: {
        from: ['pending', 'active', 'draining', 'drained'],
        to: 'inactive',
        aliases: ['disable'],
        summary: 'Give a node no work, whatever it still has',
      },
    },
  },
});
