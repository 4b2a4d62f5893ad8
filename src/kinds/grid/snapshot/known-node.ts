import { keyOf } from '../../../entries/entry-key.js';
import type { Viewer } from '../../../entries/visibility.js';
import { gridNodeKind, LIVENESS } from '../grid-node.kind.js';
import type { GridNodeSpec, GridNodeState } from '../grid-node.kind.js';
import type { NodeLoad } from './node-load.js';

/** A node as the database has it. */
export interface NodeRow {
  /** Inside id (bigint as text). */
  id: string;
  uid: string;
  name: string;
  version: string;
  title: string | null;
  status: string;
  health: string;
  tags: string[];
  spec: GridNodeSpec;
  /** Who may see it; null for everyone. */
  readers: string[] | null;
  /** How silent it is, as LIVENESS counts; null while it never sent a heartbeat. */
  level: number | null;
  connections: number;
  cpu: number | null;
  memory: number | null;
  requests: number | null;
  beat_at: Date | null;
  drain: { since: string; until: string; remove: boolean } | null;
}

/** Why a node gets no work. */
export type Obstacle = 'pending' | 'draining' | 'drained' | 'inactive' | 'expired' | 'unhealthy';

/** A node in memory. Never changed but for its load: another one takes its place. */
export interface KnownNode extends NodeRow {
  key: string;
  weight: number;
  /** Infinite without a bound. */
  capacity: number;
  load: NodeLoad;
  /** Why it gets no work whatever it is doing; undefined when it may. */
  obstacle: Obstacle | undefined;
  /** Gets work only where no other may. */
  weak: boolean;
}

const [, LATE, , EXPIRED] = LIVENESS.keys();

export function knownNode(row: NodeRow, load: NodeLoad): KnownNode {
  const { spec, level, health } = row;
  return {
    ...row,
    key: keyOf(gridNodeKind.name, row.name, row.version),
    weight: spec.weight ?? 1,
    capacity: spec.capacity ?? Infinity,
    load,
    obstacle: obstacleOf(row),
    weak: level === LATE || health === 'degraded',
  };
}

/** What is wanted stands above all that is observed: a drained node stays so however well it is. */
function obstacleOf({ status, level, health }: NodeRow): Obstacle | undefined {
  if (status !== 'active')
    return status === 'draining' || status === 'drained' || status === 'pending' ? status : 'inactive';
  if (level !== null && level >= EXPIRED) return 'expired';
  return (level !== null && level > LATE) || health === 'unhealthy' ? 'unhealthy' : undefined;
}

export const isFull = ({ load, capacity }: Pick<KnownNode, 'load' | 'capacity'>): boolean =>
  load.connections >= capacity;

export const isSeen = ({ readers }: Pick<NodeRow, 'readers'>, viewer: Viewer): boolean =>
  viewer === undefined || readers === null || readers.some((reader) => viewer.includes(reader));

/** How silent it is; null while it never sent a heartbeat. */
export const livenessOf = ({ level }: Pick<NodeRow, 'level'>): GridNodeState['liveness'] =>
  level === null ? null : LIVENESS[level];

export const isAvailable = (node: KnownNode): boolean => node.obstacle === undefined && !isFull(node);

/** What an answer about a node tells beside its entry. */
export function stateOf(node: KnownNode | undefined): GridNodeState {
  if (!node)
    return { available: false, connections: 0, cpu: null, memory: null, requests: null, liveness: null, last_heartbeat_at: null, draining: null }; // prettier-ignore
  const { load, drain } = node;
  return {
    available: isAvailable(node),
    connections: load.connections,
    cpu: load.cpu,
    memory: load.memory,
    requests: load.requests,
    liveness: livenessOf(node),
    last_heartbeat_at: load.beatAt === null ? null : new Date(load.beatAt).toISOString(),
    draining: drain && {
      since: new Date(drain.since).toISOString(),
      until: new Date(drain.until).toISOString(),
      remove: drain.remove,
    },
  };
}
