import { Injectable } from '@nestjs/common';
import type { EntryRow } from '../../entries/entry-response.js';
import { HooksFor } from '../../entries/kind/kind-hooks.js';
import type { KindHooks, Probe } from '../../entries/kind/kind-hooks.js';
import { InvalidError } from '../../platform/errors/registry-error.js';
import type { EntryDraft } from '../../entries/entry-draft.js';
import { ServiceSnapshot } from './discovery/service-snapshot.js';
import type { ServiceHealthCheck } from './service.kind.js';

/** Seconds and counts of a health check that says nothing else. */
const DEFAULT_CHECK = { interval: 10, timeout: 2, unhealthyAfter: 3, healthyAfter: 2 };
const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+):([1-9]\d{0,4})$/i;

/** How services are checked, and what is told of their instances. */
@Injectable()
@HooksFor('service')
export class ServiceHooks implements KindHooks {
  constructor(private readonly snapshot: ServiceSnapshot) {}

  beforeSave({ spec }: EntryDraft): void {
    const check = spec.health_check as ServiceHealthCheck | undefined;
    if (!check) return;
    const refuse = (message: string): never => {
      throw InvalidError.field('health_check.target', message);
    };
    if (check.type === 'ttl') return;
    if (!check.target) refuse(`is needed by a check of type ${check.type}`);
    else if (check.type === 'http') {
      if (!/^https?:\/\//i.test(check.target) || !URL.canParse(check.target)) refuse('must be an http or https URL');
    } else {
      const port = Number(HOST_AND_PORT.exec(check.target)?.[2]);
      if (!(port <= 65_535)) refuse('must be host:port');
    }
  }

  /** Undefined where the reports of its instances decide. */
  probeOf({ id, spec }: EntryRow): Probe | undefined {
    const check = spec.health_check as ServiceHealthCheck | undefined;
    if (!check || (check.type === 'ttl' && this.snapshot.get(id)?.instances.length)) return undefined;
    return {
      type: check.type,
      target: check.type === 'ttl' ? '' : check.target!,
      interval: check.interval ?? DEFAULT_CHECK.interval,
      timeout: check.timeout ?? DEFAULT_CHECK.timeout,
      unhealthyAfter: check.unhealthy_after ?? DEFAULT_CHECK.unhealthyAfter,
      healthyAfter: check.healthy_after ?? DEFAULT_CHECK.healthyAfter,
    };
  }

  async shown(rows: readonly EntryRow[]): Promise<ReadonlyMap<string, object>> {
    return new Map(
      rows.map(({ id }) => {
        const { instances = [] } = this.snapshot.get(id) ?? {};
        const passing = instances.filter(({ healthy }) => healthy).length;
        return [id, { instances: { total: instances.length, passing } }];
      }),
    );
  }
}
