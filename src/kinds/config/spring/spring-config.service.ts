import { Injectable } from '@nestjs/common';
import { currentViewer } from '../../../entries/visibility.js';
import { scopeText } from '../scope.js';
import type { ScopePlace } from '../scope.js';
import { ConfigFeed } from '../snapshot/config-feed.js';
import { ConfigResolver } from '../read/config-resolver.js';
import type { Reading } from '../read/config-resolver.js';
import { ConfigSnapshot } from '../snapshot/config-snapshot.js';
import type { KnownValue } from '../snapshot/config-snapshot.js';
import { flattened } from './property-source.js';
import type { PropertySource } from './property-source.js';

const GLOBAL: ScopePlace = { scope: 'global', scope_id: null };
/** What Spring calls an application without a profile. */
const NO_PROFILE = 'default';

/** Answers as a Spring Cloud Config server: an application is a service, a profile an environment. */
@Injectable()
export class SpringConfig {
  constructor(
    private readonly snapshot: ConfigSnapshot,
    private readonly feed: ConfigFeed,
    private readonly resolver: ConfigResolver,
  ) {}

  /** The nearest first; of several profiles the last one wins, as in Spring. */
  async sources(
    application: string,
    profiles: readonly string[],
  ): Promise<{ sources: PropertySource[]; version: string; revealed: boolean }> {
    // prettier-ignore
    await this.feed.fresh();
    const environments = profiles.filter((profile) => profile !== NO_PROFILE).toReversed();
    const reading = this.resolver.reading({ service: application, environment: environments[0] });
    const places: ScopePlace[] = [
      ...environments.map((one): ScopePlace => ({ scope: 'service', scope_id: `${one}/${application}` })),
      { scope: 'service', scope_id: application },
      ...environments.map((one): ScopePlace => ({ scope: 'environment', scope_id: one })),
      GLOBAL,
    ];
    const sources: PropertySource[] = [];
    for (const place of places) {
      const source = await this.source(place, reading);
      if (Object.keys(source).length > 0) sources.push({ name: nameOf(place), source });
    }
    return { sources, version: String(this.snapshot.head), revealed: await reading.end() };
  }

  private async source(place: ScopePlace, reading: Reading): Promise<Record<string, unknown>> {
    const source: Record<string, unknown> = {};
    const viewer = currentViewer();
    for (const name of this.snapshot.names()) {
      const known = this.snapshot.find(name, scopeText(place), viewer);
      if (known) await this.add(known, reading, source);
    }
    return source;
  }

  /** What cannot be had is told as such by a name of its own, as Spring does with what it cannot decrypt; never a mask. */
  private async add(known: KnownValue, reading: Reading, source: Record<string, unknown>): Promise<void> {
    const { value, masked, unresolved } = await reading.resolve(known);
    if (masked || unresolved.length > 0) source[`invalid.${known.name}`] = '<n/a>';
    else flattened(known.name, value, source);
  }
}

const nameOf = ({ scope, scope_id: id }: ScopePlace): string =>
  scope === 'global' ? 'registry:global' : `registry:${scope}:${id}`;
