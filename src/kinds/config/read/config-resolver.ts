import { Inject, Injectable } from '@nestjs/common';
import { EntrySecrets } from '../../../entries/secrets/entry-secrets.js';
import { MASK } from '../../../entries/secrets/secret-fields.js';
import { currentViewer } from '../../../entries/visibility.js';
import type { Viewer } from '../../../entries/visibility.js';
import { ImpossibleError } from '../../../platform/errors/registry-error.js';
import { CREDENTIAL_VERIFIER } from '../../../platform/http/credential-verifier.js';
import type { CredentialVerifier } from '../../../platform/http/credential-verifier.js';
import { currentRequest } from '../../../platform/http/request-context.js';
import { scopeChain, scopeText } from '../scope.js';
import type { ScopeContext, ScopePlace } from '../scope.js';
import { ConfigSnapshot } from '../snapshot/config-snapshot.js';
import type { KnownValue } from '../snapshot/config-snapshot.js';
import type { ConfigCandidate } from './config-read.dto.js';
import { MOST_DEPTH, MOST_RESOLVED, asText, referencesIn, withReferences } from '../values/references.js';

/** A place of the chain and the value that stands there. */
export interface Candidate {
  place: ScopePlace;
  value?: KnownValue;
}

/** What a value comes to, with its references replaced. */
export interface ResolvedValue {
  value: unknown;
  /** Other keys whose values are in it. */
  references: string[];
  /** Keys that are named and have no value here. */
  unresolved: string[];
  /** Whether a secret in it is masked. */
  masked: boolean;
}

/** What is met on the way. */
interface Met {
  references: Set<string>;
  unresolved: Set<string>;
  masked: boolean;
}

/** Decides which value holds for whom, and what it comes to. Nothing here asks the database but the record of reveals. */
@Injectable()
export class ConfigResolver {
  constructor(
    private readonly snapshot: ConfigSnapshot,
    private readonly secrets: EntrySecrets,
    @Inject(CREDENTIAL_VERIFIER) private readonly credentials: CredentialVerifier,
  ) {}

  /** The places that hold in a context with what stands there, the nearest first. */
  candidates(name: string, context: ScopeContext, viewer: Viewer = currentViewer()): Candidate[] {
    return scopeChain(context).map((place) => ({ place, value: this.snapshot.find(name, scopeText(place), viewer) }));
  }

  /** Where each of those places stands beside the value that was chosen. */
  explained({ name, uid }: Pick<KnownValue, 'name' | 'uid'>, context: ScopeContext): ConfigCandidate[] {
    return this.candidates(name, context).map(({ place, value }) => ({
      ...place,
      outcome: !value ? 'absent' : value.uid === uid ? 'wins' : 'overridden',
      key: value?.key ?? null,
      revision: value?.revision ?? null,
      value: value?.spec.value ?? null,
    }));
  }

  winner(name: string, context: ScopeContext, viewer: Viewer = currentViewer()): KnownValue | undefined {
    for (const place of scopeChain(context)) {
      const value = this.snapshot.find(name, scopeText(place), viewer);
      if (value) return value;
    }
    return undefined;
  }

  /** Whether the caller may see secrets in the clear. */
  mayReveal(): boolean {
    const principal = currentRequest()?.principal;
    return principal !== undefined && this.credentials.allows(principal, 'read:secrets');
  }

  /** A reading for one context: what is opened for it is recorded when it ends. */
  reading(context: ScopeContext): Reading {
    return new Reading(this, this.secrets, context, this.mayReveal());
  }
}

/** One request's look at values: each is opened and resolved once. */
export class Reading {
  private readonly done = new Map<string, Promise<unknown>>();
  private readonly revealed = new Map<string, KnownValue>();
  private readonly viewer = currentViewer();

  constructor(
    private readonly resolver: ConfigResolver,
    private readonly secrets: EntrySecrets,
    private readonly context: ScopeContext,
    private readonly open: boolean,
  ) {}

  async resolve(known: KnownValue): Promise<ResolvedValue> {
    const met: Met = { references: new Set(), unresolved: new Set(), masked: false };
    const value = await this.expanded(known, met, 0);
    return { value, references: [...met.references], unresolved: [...met.unresolved], masked: met.masked };
  }

  /** The value as it is written, in the clear where the caller may see it. */
  async written(known: KnownValue): Promise<unknown> {
    if (!known.spec.encrypted) return known.spec.value;
    if (!this.open || known.sealed === null) return MASK;
    this.revealed.set(known.uid, known);
    const opened = this.done.get(known.uid) ?? this.secrets.unsealed(known.uid, 'value', known.sealed);
    this.done.set(known.uid, opened);
    return opened;
  }

  /** To be awaited before anything is answered: what is not on record is not shown. True when secrets were opened. */
  async end(): Promise<boolean> {
    if (this.revealed.size === 0) return false;
    await this.secrets.told(
      [...this.revealed.values()].map(({ row }) => row),
      'value',
    );
    return true;
  }

  private async expanded(known: KnownValue, found: Met, depth: number): Promise<unknown> {
    const value = await this.written(known);
    if (known.spec.encrypted && !this.open) found.masked = true;
    const names = known.referring ? referencesIn(value) : [];
    if (depth > MOST_DEPTH) throw tooLarge(known.name, `references go deeper than ${MOST_DEPTH}`);
    const values = new Map<string, unknown>();
    for (const name of names) {
      found.references.add(name);
      const target = this.resolver.winner(name, this.context, this.viewer);
      if (target) values.set(name, await this.expanded(target, found, depth + 1));
      else found.unresolved.add(name);
    }
    if (!known.referring) return value;
    let left = MOST_RESOLVED;
    return withReferences(value, (name) => {
      const one = values.has(name) ? values.get(name) : '';
      left -= asText(one).length;
      if (left < 0) throw tooLarge(known.name, `it comes to more than ${MOST_RESOLVED} characters`);
      return one;
    });
  }
}

const tooLarge = (name: string, why: string): ImpossibleError =>
  new ImpossibleError('config.too_large', `${name} cannot be resolved: ${why}.`);
