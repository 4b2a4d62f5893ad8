import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { compareVersions, parseReference } from '../../../entries/entry-key.js';
import { currentViewer } from '../../../entries/visibility.js';
import type { Viewer } from '../../../entries/visibility.js';
import { DEFAULT_ENVIRONMENT, definitionIn, environmentsOf, flagKeyOf } from '../definition/flag-definitions.js';
import type { FlagDefinition, SegmentDefinition } from '../engine/flag-definition.js';
import { compileRuleset } from '../engine/ruleset.js';
import type { Ruleset } from '../engine/ruleset.js';
import type { FlagRow } from './flag-snapshot.repository.js';

/** A flag in memory. */
export interface KnownFlag extends FlagRow {
  /** What applications ask for. */
  key: string;
  environments: readonly string[];
  /** Of all that decides how it answers. */
  digest: string;
}

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);

/**
 * Every flag and segment in memory, and from them the rules of each environment: made when they are first asked for after a
 * change, and never changed themselves. Two processes that know the same flags call their rules by the same revision.
 */
@Injectable()
export class FlagSnapshot {
  private readonly byId = new Map<string, KnownFlag>();
  private byUid = new Map<string, KnownFlag>();
  private byName = new Map<string, KnownFlag[]>();
  private byKey = new Map<string, KnownFlag>();
  private hidden: KnownFlag[] = [];
  private environmentNames = new Set<string>();
  private segments: readonly SegmentDefinition[] = [];
  private segmentDigest = '';
  private rulesets = new Map<string, Ruleset>();
  /** The same for as long as a flag stays as it is: what is compiled of it is kept by this. */
  private readonly definitions = new WeakMap<KnownFlag, Map<string, FlagDefinition>>();
  private stale = false;
  private publishedAt = 0;
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  onChange(listener: () => void): () => void {
    this.emitter.on('change', listener);
    return () => this.emitter.off('change', listener);
  }

  /** Takes the place of what was known of these flags. */
  putFlags(rows: readonly FlagRow[]): void {
    for (const row of rows) {
      const digest = digestOf([row.name, row.version, row.status, row.spec, row.readers]);
      if (this.byId.get(row.id)?.digest === digest) continue;
      this.byId.set(row.id, { ...row, digest, key: flagKeyOf(row), environments: Object.keys(environmentsOf(row)) });
      this.stale = true;
    }
  }

  removeFlags(ids: readonly string[]): void {
    for (const id of ids) if (this.byId.delete(id)) this.stale = true;
  }

  /** Of a full load: what it does not name is gone. */
  keepOnly(rows: readonly FlagRow[]): void {
    const named = new Set(rows.map(({ id }) => id));
    this.removeFlags([...this.byId.keys()].filter((id) => !named.has(id)));
  }

  putSegments(segments: readonly SegmentDefinition[]): void {
    const ordered = segments.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const digest = digestOf(ordered);
    if (digest === this.segmentDigest) return;
    this.segments = ordered;
    this.segmentDigest = digest;
    this.stale = true;
  }

  /** Makes what was put be what is answered from now on. True when that is something else. */
  publish(): boolean {
    if (!this.stale) return false;
    this.stale = false;
    const flags = [...this.byId.values()];
    this.byUid = new Map(flags.map((flag) => [flag.uid, flag]));
    this.byName = new Map();
    for (const flag of flags) {
      const versions = this.byName.get(flag.name);
      if (versions) versions.push(flag);
      else this.byName.set(flag.name, [flag]);
    }
    const newest = [...this.byName.values()].map((versions) =>
      versions.reduce((best, one) => (compareVersions(best.version, one.version) >= 0 ? best : one)),
    );
    this.byKey = new Map(newest.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map((flag) => [flag.key, flag]));
    this.hidden = [...this.byKey.values()].filter(({ readers }) => readers !== null);
    this.environmentNames = new Set(newest.flatMap(({ environments }) => environments));
    this.rulesets = new Map();
    this.publishedAt = Date.now();
    this.emitter.emit('change');
    return true;
  }

  /** When this process last had other rules, in Unix milliseconds. */
  get changedAt(): number {
    return this.publishedAt;
  }

  /** Environments that flags say something about, `default` first. */
  environments(): string[] {
    return [DEFAULT_ENVIRONMENT, ...[...this.environmentNames].filter((one) => one !== DEFAULT_ENVIRONMENT).toSorted()];
  }

  /** The rules of an environment; of one that no flag knows those of `default`. */
  ruleset(environment: string = DEFAULT_ENVIRONMENT): Ruleset {
    const name = this.environmentNames.has(environment) ? environment : DEFAULT_ENVIRONMENT;
    let ruleset = this.rulesets.get(name);
    if (!ruleset) {
      const flags = [...this.byKey.values()];
      const revision = digestOf([name, this.segmentDigest, flags.map(({ digest }) => digest)]);
      const definitions = flags.map((flag) => this.definition(flag, name));
      ruleset = compileRuleset(name, revision, definitions, this.segments);
      this.rulesets.set(name, ruleset);
    }
    return ruleset;
  }

  /** By what applications ask for. Undefined for what the caller may not see. */
  flag(key: string, viewer: Viewer = currentViewer()): KnownFlag | undefined {
    return seen(this.byKey.get(key), viewer);
  }

  /** By what applications ask for, whoever asks. */
  known(key: string): KnownFlag | undefined {
    return this.byKey.get(key);
  }

  /** By id, key, name or flag key: as an entry on its path. */
  find(text: string, viewer: Viewer = currentViewer()): KnownFlag | undefined {
    const reference = parseReference(text);
    if (reference && 'uid' in reference) return seen(this.byUid.get(reference.uid), viewer);
    if (reference?.type === 'feature_flag') return this.named(reference.name, reference.version, viewer);
    const [name, version] = text.split('@', 2);
    return this.named(name.toLowerCase(), version, viewer) ?? this.flag(text, viewer);
  }

  /** Keys the caller may not see, in order. Empty for nearly everybody. */
  hiddenFrom(viewer: Viewer = currentViewer()): string[] {
    return this.hidden.length === 0 ? [] : this.hidden.filter((one) => !seen(one, viewer)).map(({ key }) => key);
  }

  /** Of a bulk answer: archived ones are left out. */
  isServed(key: string): boolean {
    return this.byKey.get(key)?.status !== 'archived';
  }

  get size(): number {
    return this.byKey.size;
  }

  private definition(flag: KnownFlag, environment: string): FlagDefinition {
    let ofFlag = this.definitions.get(flag);
    if (!ofFlag) this.definitions.set(flag, (ofFlag = new Map()));
    let definition = ofFlag.get(environment);
    if (!definition) ofFlag.set(environment, (definition = readable(flag, environment)));
    return definition;
  }

  private named(name: string, version: string | undefined, viewer: Viewer): KnownFlag | undefined {
    const versions = (this.byName.get(name) ?? []).filter((one) => seen(one, viewer));
    return version === undefined
      ? versions.toSorted((a, b) => compareVersions(b.version, a.version))[0]
      : versions.find((one) => one.version === version);
  }
}

/** A row that was written before there were rules for it spoils its own flag only. */
function readable(flag: KnownFlag, environment: string): FlagDefinition {
  try {
    return definitionIn(flag, environment);
  } catch {
    return { key: flag.key, enabled: true, dialect: 'unreadable' as never };
  }
}

const seen = (flag: KnownFlag | undefined, viewer: Viewer): KnownFlag | undefined =>
  flag && (viewer === undefined || flag.readers === null || flag.readers.some((reader) => viewer.includes(reader)))
    ? flag
    : undefined;
