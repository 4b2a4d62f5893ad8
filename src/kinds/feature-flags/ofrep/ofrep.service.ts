import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { Request, Response } from 'express';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { currentRequest } from '../../../platform/http/request-context.js';
import { Logger } from '../../../platform/logging/logger.js';
import { Evaluations } from '../evaluation/evaluations.js';
import type { EvaluationContext } from '../engine/evaluation.js';
import { nextChange } from '../engine/ruleset.js';
import type { Ruleset } from '../engine/ruleset.js';
import { FlagFeed } from '../snapshot/flag-feed.js';
import { FlagSnapshot } from '../snapshot/flag-snapshot.js';
import { isFailure, toOfrep } from './ofrep-answers.js';
import { bulkEtag, hasEtag } from './ofrep-etag.js';
import type { OfrepBulk, OfrepEvaluation, OfrepEventStream, OfrepFailure } from './ofrep.dto.js';
import { StreamTokens } from './stream-tokens.js';

const INACTIVITY_SECONDS = 120;
const ENVIRONMENT_HEADER = 'x-environment';

/** Flags by the OpenFeature Remote Evaluation Protocol, version 0.3. */
@Injectable()
export class Ofrep implements OnApplicationBootstrap {
  private readonly logger: Logger;

  constructor(
    private readonly snapshot: FlagSnapshot,
    private readonly feed: FlagFeed,
    private readonly evaluations: Evaluations,
    private readonly tokens: StreamTokens,
    logger: Logger,
  ) {
    this.logger = logger.child('feature-flags');
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.tokens.load().catch((err: unknown) => this.logger.warn({ err }, 'event streams are not offered yet'));
  }

  evaluate(
    key: string,
    body: unknown,
    request: Request,
    response: Response,
  ): OfrepEvaluation | OfrepFailure | Promise<OfrepEvaluation | OfrepFailure> {
    const context = contextOf(body);
    const waited = this.feed.settled();
    return waited
      ? waited.then(() => this.one(key, context, request, response))
      : this.one(key, context, request, response);
  }

  /** Undefined, with the status 304, when the client has this answer already. */
  async evaluateAll(body: unknown, request: Request, response: Response): Promise<OfrepBulk | undefined> {
    const context = contextOf(body);
    await this.feed.settled();
    const environment = environmentOf(request);
    let ruleset = this.snapshot.ruleset(environment);
    if (isBehind(request, ruleset)) {
      // The client was told of a change by another process that this one has not read yet.
      await this.feed.refresh().catch(() => undefined);
      ruleset = this.snapshot.ruleset(environment);
    }
    const now = Date.now();
    const hidden = this.snapshot.hiddenFrom();
    const stream = this.streamFor(environment ?? ruleset.environment);
    const change = nextChange(ruleset, now);
    const etag = bulkEtag({
      environment: ruleset.environment,
      revision: ruleset.revision,
      context,
      hidden,
      nextChange: change,
      stream: stream ?? '',
    });
    response.setHeader('ETag', etag);
    if (hasEtag(request.headers['if-none-match'], etag)) {
      response.status(304);
      return undefined;
    }
    const flags = this.evaluations.answers(ruleset, context, now).map(toOfrep);
    return { flags, metadata: { version: String(ruleset.revision) }, eventStreams: stream ? [streamOf(stream)] : [] };
  }

  private one(
    key: string,
    context: EvaluationContext,
    request: Request,
    response: Response,
  ): OfrepEvaluation | OfrepFailure {
    const flag = this.snapshot.flag(key);
    if (!flag) {
      response.status(404);
      return { key, errorCode: 'FLAG_NOT_FOUND', errorDetails: `There is no flag ${key}.` };
    }
    const ruleset = this.snapshot.ruleset(environmentOf(request));
    const answer = toOfrep(this.evaluations.answer(ruleset, flag, context));
    if (isFailure(answer)) response.status(400);
    return answer;
  }

  private streamFor(environment: string): string | undefined {
    const principal = currentRequest()?.principal?.id ?? '';
    return this.tokens.issue(environment, principal);
  }
}

const streamOf = (token: string): OfrepEventStream => ({
  type: 'sse',
  endpoint: { requestUri: `/ofrep/v1/event-streams?token=${token}` },
  inactivityDelaySec: INACTIVITY_SECONDS,
});

/** An absent body or context is an empty one. */
function contextOf(body: unknown): EvaluationContext {
  if (body === undefined || body === null) return {};
  if (typeof body !== 'object' || Array.isArray(body)) throw InvalidError.field('body', 'must be a JSON object');
  const { context } = body as { context?: unknown };
  if (context === undefined || context === null) return {};
  if (typeof context !== 'object' || Array.isArray(context)) throw InvalidError.field('context', 'must be an object');
  return context as EvaluationContext;
}

/** OFREP knows no environments: a client of one says so by a header, or in the address of its server. */
function environmentOf({ headers, query }: Request): string | undefined {
  const given = headers[ENVIRONMENT_HEADER] ?? query.environment;
  return typeof given === 'string' && given !== '' ? given.toLowerCase() : undefined;
}

/** A client that was told of a change says which. */
const isBehind = ({ query }: Request, { revision }: Ruleset): boolean =>
  typeof query.flagConfigEtag === 'string' && query.flagConfigEtag.replaceAll('"', '') !== String(revision);
