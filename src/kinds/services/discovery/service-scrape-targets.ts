import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { keyOf } from '../../../entries/entry-key.js';
import { ScrapeTargets } from '../../../entries/scrape/scrape-targets.js';
import type { ScrapeTarget } from '../../../entries/scrape/scrape-targets.js';
import { labelsOf } from '../../../entries/scrape/target-group.js';
import { serviceKind } from '../service.kind.js';
import { ServiceSnapshot } from './service-snapshot.js';
import type { KnownInstance, KnownService } from './service-snapshot.js';

/** Instances for Prometheus to scrape: also those that are in no state to be called, as one wants to know of them most. */
@Injectable()
export class ServiceScrapeTargets implements OnModuleInit {
  constructor(
    private readonly snapshot: ServiceSnapshot,
    private readonly scraped: ScrapeTargets,
  ) {}

  onModuleInit(): void {
    this.scraped.add('service', () => this.targets());
  }

  private *targets(): Generator<ScrapeTarget> {
    for (const service of this.snapshot.all()) {
      if (!service.open) continue;
      for (const instance of service.instances) yield targetOf(service, instance);
    }
  }
}

function targetOf(service: KnownService, instance: KnownInstance): ScrapeTarget {
  const { name, version, type, feature } = service;
  const { host, port, zone, weight, tags, drain, expired, healthy, metadata } = instance;
  return {
    host,
    port,
    labels: {
      service: name,
      service_key: keyOf(serviceKind.name, name, version),
      service_version: version,
      service_type: type,
      service_feature: feature,
      service_tags: service.tags,
      instance: instance.name,
      zone,
      weight,
      tags,
      status: expired ? 'critical' : instance.status,
      healthy,
      drain,
      expired,
      ...labelsOf('label', service.labels),
      ...labelsOf('metadata', metadata),
    },
  };
}
