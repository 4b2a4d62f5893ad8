import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { compareVersions, parseReference } from '../../../entries/entry-key.js';
import { currentViewer } from '../../../entries/visibility.js';
import type { Viewer } from '../../../entries/visibility.js';
import { isHealthy, toInstanceResponse } from '../instances/instance-row.js';
import type { InstanceRow } from '../instances/instance-row.js';
import type { ServiceRow } from './snapshot.repository.js';

/** States in which a service takes no requests, whatever its instances say. */
const CLOSED = new Set(['disabled', 'stopped', 'inactive', 'archived']);

export interface KnownInstance extends InstanceRow {
  healthy: boolean;
  /** The instance as it is answered, written out once. */
  json: string;
}

export interface KnownService extends Omit<ServiceRow, 'instances'> {
  /** False while it is disabled or stopped: discovery answers none of its instances. */
  open: boolean;
  instances: KnownInstance[];
  byName: ReadonlyMap<string, KnownInstance>;
}

export interface InstanceCounts {
  passing: number;
  warning: number;
  critical: number;
  expired: number;
  draining: number;
}

/** Every service that has or had instances, in memory. Who may not see one does not find it. */
@Injectable()
export class ServiceSnapshot {
  private readonly byId = new Map<string, KnownService>();
  private readonly byUid = new Map<string, KnownService>();
  private readonly byServiceName = new Map<string, KnownService[]>();
  private readonly emitter = new EventEmitter();
  private withTtl = 0;
  /** While most instances are silent none is given up: until then, or null. */
  guardUntil: Date | null = null;

  /** Instances that are waited for. */
  get beating(): number {
    return this.withTtl;
  }

  get size(): number {
    return this.byId.size;
  }

  onChange(listener: (serviceId: string) => void): () => void {
    this.emitter.on('change', listener);
    return () => this.emitter.off('change', listener);
  }

  /** What is loaded takes the place of what was known. */
  put(rows: readonly ServiceRow[]): void {
    for (const row of rows) {
      this.drop(row.id);
      const known = knownOf(row);
      this.byId.set(row.id, known);
      this.byUid.set(row.uid, known);
      const others = this.byServiceName.get(row.name) ?? [];
      this.byServiceName.set(row.name, [...others, known]);
      this.withTtl += beatingOf(known);
      this.emitter.emit('change', row.id);
    }
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) if (this.drop(id)) this.emitter.emit('change', id);
  }

  /** Of a full load: what it does not name is gone. */
  keepOnly(rows: readonly ServiceRow[]): void {
    const named = new Set(rows.map(({ id }) => id));
    this.remove([...this.byId.keys()].filter((id) => !named.has(id)));
  }

  /** By inside id, whoever asks. */
  get(id: string): KnownService | undefined {
    return this.byId.get(id);
  }

  /** All of them, whoever asks. */
  known(): Iterable<KnownService> {
    return this.byId.values();
  }

  /** By public id or key, of a key without version the newest; undefined for what the caller may not see. */
  find(idOrKey: string, viewer: Viewer = currentViewer()): KnownService | undefined {
    const reference = parseReference(idOrKey);
    if (!reference) return undefined;
    if ('uid' in reference) return seen(this.byUid.get(reference.uid), viewer);
    // Another version may have no instances and not be here: which is the newest, only the catalog knows.
    if (reference.type !== 'service' || reference.version === undefined) return undefined;
    const versions = this.byServiceName.get(reference.name) ?? [];
    return seen(
      versions.find(({ version }) => version === reference.version),
      viewer,
    );
  }

  /** Those the caller may see, in order of name and version. */
  *all(name?: string, viewer: Viewer = currentViewer()): Generator<KnownService> {
    const names = name === undefined ? [...this.byServiceName.keys()].toSorted() : [name];
    for (const one of names)
      for (const service of (this.byServiceName.get(one) ?? []).toSorted((a, b) =>
        compareVersions(a.version, b.version),
      ))
        if (isSeen(service, viewer)) yield service;
  }

  counts(): InstanceCounts {
    const counts: InstanceCounts = { passing: 0, warning: 0, critical: 0, expired: 0, draining: 0 };
    for (const { instances } of this.byId.values())
      for (const { expired, drain, status } of instances) counts[expired ? 'expired' : drain ? 'draining' : status]++;
    return counts;
  }

  private drop(id: string): boolean {
    const known = this.byId.get(id);
    if (!known) return false;
    this.byId.delete(id);
    this.byUid.delete(known.uid);
    this.withTtl -= beatingOf(known);
    const others = (this.byServiceName.get(known.name) ?? []).filter((one) => one !== known);
    if (others.length > 0) this.byServiceName.set(known.name, others);
    else this.byServiceName.delete(known.name);
    return true;
  }
}

export const isSeen = ({ readers }: Pick<KnownService, 'readers'>, viewer: Viewer = currentViewer()): boolean =>
  viewer === undefined || readers === null || readers.some((reader) => viewer.includes(reader));

const seen = (service: KnownService | undefined, viewer: Viewer): KnownService | undefined =>
  service && isSeen(service, viewer) ? service : undefined;

const beatingOf = ({ instances }: KnownService): number =>
  instances.reduce((sum, { ttl_seconds }) => sum + (ttl_seconds === null ? 0 : 1), 0);

function knownOf(row: ServiceRow): KnownService {
  const instances = row.instances.map((instance) => ({
    ...instance,
    healthy: isHealthy(instance),
    json: JSON.stringify(toInstanceResponse(row, instance)),
  }));
  const byName = new Map(instances.map((instance) => [instance.name, instance]));
  return { ...row, open: !CLOSED.has(row.status), instances, byName };
}
