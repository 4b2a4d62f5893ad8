import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { EntryAccess } from '../../../entries/entry-access.js';
import { kindResponse } from '../../../entries/kind/kind-view.js';
import { currentViewer } from '../../../entries/visibility.js';
import { ImpossibleError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { configKind } from '../config.kind.js';
import { placeIn, referenceOf } from '../config-reference.js';
import type { ScopeContext } from '../scope.js';
import { ConfigFeed } from '../snapshot/config-feed.js';
import { ConfigSnapshot, jsonOf } from '../snapshot/config-snapshot.js';
import type { KnownValue } from '../snapshot/config-snapshot.js';
import type { ConfigCandidate, ConfigReadQuery, ConfigResolvedQuery, ConfigSource, ResolvedConfig } from './config-read.dto.js'; // prettier-ignore
import { ConfigResolver } from './config-resolver.js';
import type { Reading, ResolvedValue } from './config-resolver.js';

/** What a key was asked for comes to: one value, as it is written or resolved for a context. */
interface Found {
  known: KnownValue;
  /** Named exactly: then it is answered as it is written, to be sent back changed. */
  exact: boolean;
  context: ScopeContext;
}

export const sourceOf = ({ key, place }: KnownValue): ConfigSource => ({ key, ...place });

/** Answers values from memory. */
@Injectable()
export class ConfigReader {
  constructor(
    private readonly snapshot: ConfigSnapshot,
    private readonly feed: ConfigFeed,
    private readonly resolver: ConfigResolver,
    private readonly access: EntryAccess,
  ) {}

  /** One value: the nearest of the context, or the one that is named exactly. Most are answered without a promise. */
  send(text: string, query: ConfigReadQuery, request: Request, response: Response): Promise<void> | void {
    const waits = this.feed.fresh();
    return waits
      ? waits.then(() => this.answer(text, query, request, response))
      : this.answer(text, query, request, response);
  }

  private answer(text: string, query: ConfigReadQuery, request: Request, response: Response): Promise<void> | void {
    const found = this.find(text, query);
    const { known } = found;
    this.access.note(known.id);
    const explain = query.explain === 'true' ? this.resolver.explained(known, found.context) : undefined;
    if (!known.referring && !explain) {
      // An override that goes may leave a value of the same revision: only who names one exactly gets it as ETag.
      const etag = isPlain(found) ? `"${known.revision}"` : `W/"${known.uid}.${known.revision}"`;
      if (isKnown(request, response, etag)) return;
      write(response, `${jsonOf(known)},"source":${JSON.stringify(sourceOf(known))},"references":[]}`);
      return;
    }
    return this.answerResolved(found, explain, request, response);
  }

  /** One whose references are replaced, whose secret is opened, or that is explained. */
  private async answerResolved(
    found: Found,
    explain: ConfigCandidate[] | undefined,
    request: Request,
    response: Response,
  ): Promise<void> {
    const { known } = found;
    const reading = this.resolver.reading(found.context);
    const resolved = found.exact ? plainly(await reading.written(known)) : await reading.resolve(known);
    assertResolved(known, resolved);
    const { value, references } = resolved;
    const row = { ...known.row, spec: { ...known.row.spec, value } };
    const extra = { current_version: known.version, source: sourceOf(known), references, ...(explain && { explain }) };
    const body = JSON.stringify(kindResponse(configKind, row, extra));
    if (await reading.end()) response.setHeader('Cache-Control', 'no-store');
    const etag = isPlain(found) && references.length === 0 && !explain ? `"${known.revision}"` : `W/"${hashOf(body)}"`;
    if (!isKnown(request, response, etag)) write(response, body);
  }

  /** Every key for one context. */
  async sendAll(query: ConfigResolvedQuery, request: Request, response: Response): Promise<void> {
    const waits = this.feed.fresh();
    if (waits) await waits;
    const { prefix, ...context } = query;
    const viewer = currentViewer();
    const asked = JSON.stringify([prefix, context, viewer, this.resolver.mayReveal()]);
    if (isKnown(request, response, `W/"${this.snapshot.head}.${hashOf(asked)}"`)) return;
    const reading = this.resolver.reading(context);
    const all = await this.resolvedAll(prefix, context, reading);
    if (await reading.end()) response.setHeader('Cache-Control', 'no-store');
    write(response, JSON.stringify(all));
  }

  async resolvedAll(prefix: string | undefined, context: ScopeContext, reading: Reading): Promise<ResolvedConfig[]> {
    const viewer = currentViewer();
    const all: ResolvedConfig[] = [];
    for (const name of this.snapshot.names(prefix)) {
      const known = this.resolver.winner(name, context, viewer);
      if (!known) continue;
      const { value, unresolved, masked } = await reading.resolve(known);
      all.push({
        name,
        type: known.spec.type!,
        value: unresolved.length > 0 ? null : value,
        encrypted: known.spec.encrypted === true,
        source: sourceOf(known),
        revision: known.revision,
        version: known.version,
        ...(masked && { masked }),
        ...(unresolved.length > 0 && { unresolved }),
      });
    }
    return all;
  }

  private find(text: string, query: ConfigReadQuery): Found {
    const { environment, service, user } = query;
    const context = { environment, service, user };
    const named = placeIn(query) ?? referenceOf(text).scopeText;
    const { uid, name } = referenceOf(text);
    const known = uid
      ? this.snapshot.findByUid(uid)
      : named === undefined
        ? this.resolver.winner(name, context)
        : this.snapshot.find(name, named);
    if (!known) throw new NotFoundError(configKind.name, text);
    return { known, exact: uid !== undefined || named !== undefined, context };
  }
}

const plainly = (value: unknown): ResolvedValue => ({ value, references: [], unresolved: [], masked: false });

/** Whether nothing but the entry itself decides the answer. */
const isPlain = ({ known, exact, context }: Found): boolean =>
  exact || (known.scopeText === '' && Object.values(context).every((one) => one === undefined));

function assertResolved({ name }: KnownValue, { unresolved }: ResolvedValue): void {
  if (unresolved.length === 0) return;
  throw new ImpossibleError(
    'config.reference_unresolved',
    `${name} refers to ${unresolved.join(', ')}, which has no value here.`,
    [{ field: 'value', message: `refers to ${unresolved.join(', ')}, which has no value here` }],
    { unresolved },
  );
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** Sets the ETag; answers 304 when the client has it already. */
function isKnown(request: Request, response: Response, etag: string): boolean {
  response.setHeader('ETag', etag);
  const weak = (one: string): string => one.trim().replace(/^W\//, '');
  const header = request.headers['if-none-match'];
  if (header === undefined) return false;
  if (!header.split(',').some((one) => one.trim() === '*' || weak(one) === weak(etag))) return false;
  response.statusCode = 304;
  response.end();
  return true;
}

function write(response: Response, body: string): void {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
