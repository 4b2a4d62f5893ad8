import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { compareVersions, parseReference } from '../../../entries/entry-key.js';
import { keyOn } from '../../../entries/kind/kind-entries.service.js';
import { currentViewer } from '../../../entries/visibility.js';
import { Logger } from '../../../platform/logging/logger.js';
import type { LoadBalancer } from '../definition/route-match.dto.js';
import { meshRouteKind } from '../mesh-route.kind.js';
import { balancersOf, settingsOf } from '../settings/setting-values.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { DEFAULT_SETTINGS } from '../settings/mesh-settings.js';
import { compileRoute } from '../table/compiled-route.js';
import type { CompiledRoute, RouteRow } from '../table/compiled-route.js';
import type { MeshRequest } from '../table/mesh-request.js';
import { compareRanks } from '../table/request-match.js';
import type { Mismatch } from '../table/request-match.js';
import type { SettingRow } from './mesh-snapshot.repository.js';

/** A route that was looked at for a request, and what kept it from taking it. */
export interface Considered {
  route: CompiledRoute;
  mismatch: Mismatch | 'disabled' | undefined;
}

/**
 * Every route in memory, compiled, in the order in which they are tried: exact ones first, and what shares by percentage after
 * what does not. Who may not see a route does not find it.
 */
@Injectable()
export class MeshSnapshot {
  private readonly rows = new Map<string, RouteRow>();
  private readonly settingRows = new Map<string, SettingRow>();
  private compiled = new Map<RouteRow, CompiledRoute>();
  private byUid = new Map<string, CompiledRoute>();
  private byName = new Map<string, CompiledRoute[]>();
  private ordered: readonly CompiledRoute[] = [];
  private balancers: ReadonlyMap<string, LoadBalancer> = new Map();
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private readonly logger: Logger;
  /** Number of the newest version that is known. */
  version = 0;
  settings: MeshSettings = DEFAULT_SETTINGS;

  constructor(logger: Logger) {
    this.logger = logger.child('mesh');
  }

  /** Calls back when another version is known; the answer stops it. */
  onChange(listener: () => void): () => void {
    this.emitter.on('change', listener);
    return () => this.emitter.off('change', listener);
  }

  /** Takes what has changed up to a version; of `whole` what is not named is gone. */
  apply(
    version: number,
    changes: { routes: readonly RouteRow[]; changed?: readonly string[]; settings: readonly SettingRow[] },
  ): void {
    const { routes, changed, settings } = changes;
    for (const id of changed ?? [...this.rows.keys()]) this.rows.delete(id);
    for (const row of routes) this.rows.set(row.id, row);
    for (const row of settings) this.settingRows.set(row.name, row);
    if (settings.length > 0) {
      this.settings = settingsOf(this.settingRows);
      this.balancers = balancersOf(this.settingRows);
      // What routes leave out may be another now.
      this.compiled.clear();
    }
    this.version = version;
    this.publish();
  }

  setting(name: string): SettingRow | undefined {
    return this.settingRows.get(name);
  }

  /** The balancer that a service asks for itself, by public id. */
  balancerOf(serviceUid: string): LoadBalancer | undefined {
    return this.balancers.get(serviceUid);
  }

  /** In the order in which they are tried, disabled ones included, whoever asks. */
  get routes(): readonly CompiledRoute[] {
    return this.ordered;
  }

  /** {@link routes} that the caller may see. */
  visible(): CompiledRoute[] {
    return this.ordered.filter((route) => seen(route));
  }

  /** By inside id, whoever asks. */
  get(id: string): CompiledRoute | undefined {
    const row = this.rows.get(id);
    return row && this.compiled.get(row);
  }

  /** By id, key or name. Undefined for what the caller may not see. */
  find(text: string): CompiledRoute | undefined {
    const reference = parseReference(keyOn(meshRouteKind, text));
    if (!reference) return undefined;
    if ('uid' in reference) return seen(this.byUid.get(reference.uid));
    if (reference.type !== meshRouteKind.name) return undefined;
    for (const route of this.byName.get(reference.name) ?? [])
      if ((reference.version === undefined || route.row.version === reference.version) && seen(route)) return route;
    return undefined;
  }

  /** The route that takes a request. */
  match(request: MeshRequest): CompiledRoute | undefined {
    for (const route of this.ordered)
      if (route.row.status === 'active' && route.match.test(request) === undefined && seen(route)) return route;
    return undefined;
  }

  /** {@link match}, telling of each route up to the one that takes it why it does not. */
  *consider(request: MeshRequest): Generator<Considered> {
    for (const route of this.ordered) {
      if (!seen(route)) continue;
      const mismatch = route.match.test(request) ?? (route.row.status === 'active' ? undefined : 'disabled');
      yield { route, mismatch };
      if (mismatch === undefined) return;
    }
  }

  private publish(): void {
    const before = this.compiled;
    this.compiled = new Map();
    for (const row of this.rows.values()) {
      const route = before.get(row) ?? this.compile(row);
      if (route) this.compiled.set(row, route);
    }
    const all = [...this.compiled.values()];
    this.ordered = all.toSorted((a, b) => compareRanks(a.rank, b.rank) || Number(BigInt(a.row.id) - BigInt(b.row.id)));
    this.byUid = new Map(all.map((route) => [route.row.uid, route]));
    this.byName = new Map();
    for (const route of all.toSorted((a, b) => compareVersions(b.row.version, a.row.version)))
      this.byName.set(route.row.name, [...(this.byName.get(route.row.name) ?? []), route]);
    this.emitter.emit('change');
  }

  /** A row that was written before there were rules for it takes no requests; the others go on. */
  private compile(row: RouteRow): CompiledRoute | undefined {
    try {
      return compileRoute(row, this.settings);
    } catch (err) {
      this.logger.warn({ err, route: row.key }, 'a mesh route cannot be read and takes no requests');
      return undefined;
    }
  }
}

function seen(route: CompiledRoute | undefined): CompiledRoute | undefined {
  if (!route || route.row.readers === null) return route;
  const viewer = currentViewer();
  return viewer === undefined || route.row.readers.some((reader) => viewer.includes(reader)) ? route : undefined;
}
