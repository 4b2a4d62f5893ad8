import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { validated } from '../../platform/http/validation.pipe.js';
import type { EntryDraft } from '../entry-draft.js';
import type { EntryRow } from '../entry-response.js';
import { initialStatusOf, prefixOf, statesOf } from '../entry-types.js';
import type { Kind } from './kind.js';
import { SEMVER_RULE, isSemver } from './semver-version.js';
import { HOOKS_FOR } from './kind-hooks.js';
import type { KindHooks } from './kind-hooks.js';

/** The kinds there are, each with its behaviour. Their modules add themselves. */
@Injectable()
export class KindCatalog implements OnApplicationBootstrap {
  private readonly kinds = new Map<string, Kind>();
  private hooks: Map<string, KindHooks> | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  add(kind: Kind): void {
    if (this.kinds.has(kind.name)) throw new Error(`There are two kinds called ${kind.name}.`);
    this.kinds.set(kind.name, kind);
  }

  all(): readonly Kind[] {
    return [...this.kinds.values()];
  }

  find(type: string): Kind | undefined {
    return this.kinds.get(type);
  }

  hooksOf(type: string): KindHooks {
    this.hooks ??= this.discovered();
    return this.hooks.get(type) ?? {};
  }

  /**
   * Checks version and spec of a draft by its kind and fills in what was left out; entries of other types pass as they are.
   * @throws InvalidError naming `version`, or fields as `spec.<field>`
   */
  settle<Draft extends Pick<EntryDraft, 'type' | 'version' | 'spec'>>(draft: Draft): Draft {
    const kind = this.kinds.get(draft.type);
    if (!kind) return draft;
    if (kind.versions === 'semver' && draft.version && !isSemver(draft.version))
      throw InvalidError.field('version', SEMVER_RULE);
    try {
      draft.spec = { ...kind.defaults, ...withoutNulls(validated(kind.spec, draft.spec, 'spec')) };
    } catch (error) {
      if (!(error instanceof InvalidError)) throw error;
      const fields = (error.errors ?? []).map(({ field, message }) => ({
        field: field === 'spec' ? field : `spec.${field}`,
        message,
      }));
      throw new InvalidError(`The spec of this ${draft.type} is not valid.`, fields);
    }
    return draft;
  }

  async beforeSave(draft: EntryDraft, before?: EntryRow): Promise<void> {
    await this.hooksOf(draft.type).beforeSave?.(draft, before);
  }

  async afterSave(row: EntryRow, before?: EntryRow): Promise<void> {
    await this.hooksOf(row.kind).afterSave?.(row, before);
  }

  /** What is declared twice must agree: entry-types.ts is read by classes before any module is. */
  onApplicationBootstrap(): void {
    for (const { name, prefix, lifecycle } of this.kinds.values()) {
      const stated = [...statesOf(name)].toSorted().join();
      if (
        prefix !== prefixOf(name) ||
        lifecycle.initial !== initialStatusOf(name) ||
        stated !== lifecycle.states.toSorted().join()
      )
        throw new Error(`The kind ${name} and entry-types.ts disagree.`);
    }
    this.hooks ??= this.discovered();
    for (const name of this.hooks.keys())
      if (!this.kinds.has(name)) throw new Error(`There are hooks for the unknown kind ${name}.`);
  }

  private discovered(): Map<string, KindHooks> {
    const found = new Map<string, KindHooks>();
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (!instance || !metatype) continue;
      const name = this.reflector.get<string | undefined>(HOOKS_FOR, metatype);
      if (name === undefined) continue;
      if (found.has(name)) throw new Error(`There are two hooks for ${name}.`);
      found.set(name, instance as KindHooks);
    }
    return found;
  }
}

const withoutNulls = (value: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null && one !== undefined));
