import type { Kind } from '../../src/entries/kind/kind.js';
import { componentKind } from '../../src/kinds/components/component.kind.js';
import { configKind } from '../../src/kinds/config/config.kind.js';
import { engineKind } from '../../src/kinds/engines/engine.kind.js';
import { featureFlagKind } from '../../src/kinds/feature-flags/feature-flag.kind.js';
import { gridNodeKind } from '../../src/kinds/grid/grid-node.kind.js';
import { meshRouteKind } from '../../src/kinds/mesh/mesh-route.kind.js';
import { pluginKind } from '../../src/kinds/plugins/plugin.kind.js';
import { registryKind } from '../../src/kinds/registries/registry.kind.js';
import { serviceKind } from '../../src/kinds/services/service.kind.js';
import type { Answer, ApiClient, Json } from './api-client.js';

/** A kind, and what of its example must be another so that nothing stands in the way of its entries. */
export interface KindFixture {
  kind: Kind;
  instead?: Record<string, unknown>;
  /** Where its own answer of what is measured has the samples that were recorded. */
  samplesAt?: string;
}

/** Every kind of the service: the contract suite refuses to pass over one. */
export const KIND_FIXTURES: KindFixture[] = [
  // Plugins that it needs are not there.
  { kind: pluginKind, instead: { dependencies: null } },
  { kind: serviceKind },
  { kind: engineKind },
  { kind: componentKind },
  { kind: registryKind },
  { kind: featureFlagKind },
  { kind: configKind },
  { kind: gridNodeKind },
  { kind: meshRouteKind, samplesAt: 'samples' },
];

/** What went well, for what a test begins with. */
function bodyOf({ status, body }: Answer, wanted: number): Json {
  if (status !== wanted) throw new Error(`Answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Entries of one kind, by its own path and by the catalog. */
export class KindClient {
  readonly path: string;
  private readonly example: Record<string, unknown>;

  constructor(
    readonly api: ApiClient,
    readonly kind: Kind,
    { instead = {} }: Pick<KindFixture, 'instead'> = {},
  ) {
    this.path = `/api/v1/${kind.path}`;
    const given = { ...kind.example, ...instead };
    this.example = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  }

  body(name: string, more: object = {}): Record<string, unknown> {
    return { ...this.example, name, ...more };
  }

  at(id: string, call = ''): string {
    return `${this.path}/${id}${call && `/${call}`}`;
  }

  /** Registers it on the kind's own path. */
  async make(name: string, more: object = {}): Promise<Json> {
    const answer = await this.api.post(this.path, this.body(name, more));
    return bodyOf(answer, 201);
  }

  /** Puts entries into states, as the catalog lets them; answers their ids, in this order. */
  async place(states: readonly string[], prefix: string): Promise<string[]> {
    const { name: _name, version, ...fields } = this.example;
    const items = states.map((status, n) => ({
      type: this.kind.name,
      name: `${prefix}-${n}`,
      version,
      status,
      spec: Object.fromEntries(Object.entries(fields).filter(([field]) => this.kind.fields.includes(field))),
    }));
    const answer = await this.api.post('/api/v1/entities/bulk', items);
    return bodyOf(answer, 201).map(({ id }: Json) => id);
  }

  step(id: string, verb: string, query = '', headers: Record<string, string> = {}): Promise<Json> {
    return this.api.post(`${this.at(id, verb)}${query}`, undefined, headers);
  }

  async get(id: string, call = ''): Promise<Json> {
    return bodyOf(await this.api.get(this.at(id, call)), 200);
  }
}

/** Every verb with a route, aliases included, with the step it stands for. */
export const verbsOf = ({ lifecycle }: Kind) =>
  Object.entries(lifecycle.transitions).flatMap(([verb, step]) =>
    [verb, ...(step.aliases ?? [])].map((name) => ({ name, verb, step })),
  );
