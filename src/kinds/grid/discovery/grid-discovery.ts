import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { keyOf } from '../../../entries/entry-key.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { LifecycleService } from '../../../entries/kind/lifecycle.service.js';
import { InvalidError, NotFoundError, RegistryError } from '../../../platform/errors/registry-error.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { gridNodeKind } from '../grid-node.kind.js';
import { DnsNodes } from './dns-nodes.js';
import type { FoundNode } from './found-node.js';
import { OUTCOMES } from './grid-discovery.dto.js';
import type { GridDiscover, GridDiscovered, GridDiscovery } from './grid-discovery.dto.js';
import { KubernetesNodes } from './kubernetes-nodes.js';

type Body = Record<string, unknown> & { name: string };
type Outcome = Pick<GridDiscovered, 'outcome' | 'id' | 'status' | 'detail'>;

/** Registers the nodes that a source names. Each stands for itself; what a source names no more stays. */
@Injectable()
export class GridDiscoveries {
  constructor(
    private readonly dns: DnsNodes,
    private readonly kubernetes: KubernetesNodes,
    private readonly entries: KindEntriesService,
    private readonly lifecycle: LifecycleService,
  ) {}

  /** Asks first and registers then: no transaction waits for another server. */
  async discover(asked: GridDiscover): Promise<GridDiscovery> {
    const nodes: GridDiscovered[] = [];
    for (const found of await this.found(asked)) {
      const address = `${found.host.includes(':') ? `[${found.host}]` : found.host}:${found.port}`;
      nodes.push({ name: found.name, address, ...(await this.outcomeOf(found, asked)) });
      await setImmediate();
    }
    const [registered, updated, unchanged, invalid] = OUTCOMES.map(
      (outcome) => nodes.filter((one) => one.outcome === outcome).length,
    );
    return { registered, updated, unchanged, invalid, dry_run: asked.dry_run === true, nodes };
  }

  private found({ source, name, label_selector: selector, port }: GridDiscover): Promise<FoundNode[]> {
    if (source === 'kubernetes') {
      if (name) throw InvalidError.field('name', 'says nothing to kubernetes; label_selector does');
      return this.kubernetes.find(selector ?? undefined, port ?? undefined);
    }
    if (!name) throw InvalidError.field('name', 'is needed by dns');
    if (selector) throw InvalidError.field('label_selector', 'says nothing to dns');
    if (port) throw InvalidError.field('port', 'is what SRV records say');
    return this.dns.find(name);
  }

  private async outcomeOf(found: FoundNode, asked: GridDiscover): Promise<Outcome> {
    try {
      const { unready, ...rest } = found;
      const body = bodyOf(rest, asked);
      validated(gridNodeKind.classes.create, body);
      const present = await this.present(body.name);
      const activate = asked.activate === true && unready === undefined;
      const outcome = present
        ? await this.renewed(present, body, asked.dry_run === true)
        : await this.registered(body, activate, asked.dry_run === true);
      return unready ? { ...outcome, detail: unready } : outcome;
    } catch (error) {
      if (!(error instanceof RegistryError) || error.status >= 500) throw error;
      return { outcome: 'invalid', detail: error.message };
    }
  }

  private async registered(body: Body, activate: boolean, dry: boolean): Promise<Outcome> {
    if (dry) return { outcome: 'registered' };
    const made = await this.entries.register(gridNodeKind, body);
    const { uid, status } = activate ? await this.lifecycle.transition(gridNodeKind, made.uid, 'activate') : made;
    return { outcome: 'registered', id: uid, status };
  }

  /** What the source says of it is as the source says; weight, state and all else stay as somebody decided. */
  private async renewed(present: EntryRow, body: Body, dry: boolean): Promise<Outcome> {
    const { name: _name, type: _type, weight: _weight, ...told } = body;
    const { uid: id, status, spec } = present;
    const same = Object.entries(told).every(([field, value]) => isDeepStrictEqual(spec[field], value));
    if (same) return { outcome: 'unchanged', id, status };
    if (!dry) await this.entries.patch(gridNodeKind, id, replacing(told, spec), () => undefined);
    return { outcome: 'updated', id, status };
  }

  private async present(name: string): Promise<EntryRow | undefined> {
    try {
      return await this.entries.get(gridNodeKind, keyOf(gridNodeKind.name, name, ''));
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }
}

const bodyOf = (found: FoundNode, { type, region, zone }: GridDiscover): Body => ({
  ...(region && { region }),
  ...(zone && { zone }),
  ...(type && { type }),
  ...found,
});

/** A merge patch under which labels that the source names no more go. */
function replacing(told: Record<string, unknown>, { labels }: Record<string, unknown>): object {
  const gone = Object.fromEntries(Object.keys(labels ?? {}).map((label) => [label, null]));
  return { ...told, labels: { ...gone, ...(told.labels as object) } };
}
