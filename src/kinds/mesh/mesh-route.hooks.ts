import { Injectable } from '@nestjs/common';
import type { EntryDraft } from '../../entries/entry-draft.js';
import type { EntryRow } from '../../entries/entry-response.js';
import { HooksFor } from '../../entries/kind/kind-hooks.js';
import type { KindHooks, Probe } from '../../entries/kind/kind-hooks.js';
import { checkRoute } from './definition/route-checks.js';
import type { MeshRouteSpec } from './mesh-route.kind.js';
import { MeshSettingsRepository } from './settings/mesh-settings.repository.js';
import { MeshFeed } from './snapshot/mesh-feed.js';

/** What routes must be when they are written, and who hears of it. */
@Injectable()
@HooksFor('mesh_route')
export class MeshRouteHooks implements KindHooks {
  constructor(
    private readonly settings: MeshSettingsRepository,
    private readonly feed: MeshFeed,
  ) {}

  beforeSave({ spec }: EntryDraft): void {
    checkRoute(spec);
  }

  afterSave(): Promise<void> {
    return this.changing();
  }

  afterTransition(): Promise<void> {
    return this.changing();
  }

  beforeRemove(): Promise<void> {
    return this.changing();
  }

  /** The first fixed address of the route; instances of services are checked as such. */
  probeOf({ spec }: EntryRow): Probe | undefined {
    const { health_check: check, destinations } = spec as MeshRouteSpec;
    const fixed = check && destinations?.find(({ host }) => host != null);
    if (!fixed) return undefined;
    const place = `${fixed.host}:${fixed.port}`;
    const type = check.type ?? 'http';
    return {
      type,
      target: type === 'tcp' ? place : `${fixed.scheme ?? 'http'}://${place}${check.path ?? '/'}`,
      interval: check.interval ?? 30,
      timeout: check.timeout ?? 5,
      unhealthyAfter: check.unhealthy_after ?? 3,
      healthyAfter: check.healthy_after ?? 2,
    };
  }

  private async changing(): Promise<void> {
    await this.settings.speak();
    this.feed.changing();
  }
}
