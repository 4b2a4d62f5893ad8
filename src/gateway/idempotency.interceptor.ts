import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { from, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { sha256 } from '../platform/crypto/digest.js';
import { seal, unseal } from '../platform/crypto/seal.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { ConflictError, ImpossibleError, InvalidError } from '../platform/errors/registry-error.js';
import { callerOf } from './caller.js';
import { credentialOf } from './credential.js';
import { IdempotencyRepository } from './idempotency/idempotency.repository.js';
import type { StoredAnswer } from './idempotency/idempotency.repository.js';
import { streams } from './idempotency/own-answer.js';
import { SEALED_ANSWER } from '../platform/http/sealed-answer.decorator.js';
import { Turns } from './idempotency/turns.js';
import { changesSomething, requirementOf } from './route-requirement.js';

const FORMAT = /^[\x21-\x7e]{1,255}$/;
const KEPT_HEADERS = ['Location', 'ETag'];
const WAIT_MS = 5_000;
const SEAL_CONTEXT = 'idempotency-key';

/** One request under an Idempotency-Key. */
interface Attempt {
  caller: string;
  key: string;
  fingerprint: Buffer;
  /** What a secret answer is sealed with. */
  secret?: string;
}

/**
 * Safe retries: the effect of a POST with an Idempotency-Key and its answer are written in one transaction, and whoever
 * sends the same again gets that answer. A request without the header passes as if this were not here. Bound to its
 * routes by IdempotentRoutes.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly turns = new Turns();

  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: IdempotencyRepository,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    const key = request.headers['idempotency-key'] as string | undefined;
    if (key === undefined || !changesSomething(requirementOf(context.getClass(), context.getHandler())))
      return next.handle();
    return from(this.once(context, next, key));
  }

  private async once(context: ExecutionContext, next: CallHandler, key: string): Promise<unknown> {
    const http = context.switchToHttp();
    const response = http.getResponse<Response>();
    const attempt = attemptOf(context, http.getRequest<Request>(), key);
    const endTurn = await this.turns.take(`${attempt.caller}\n${key}`, WAIT_MS);
    if (!endTurn) throw inFlight();
    try {
      const outcome = await this.uow.run(() => this.run(attempt, next, response));
      return outcome.replay ? replayed(outcome.replay, attempt, response) : outcome.body;
    } finally {
      endTurn();
    }
  }

  /** Inside the transaction. `next.handle()` is asked anew each time, since a deadlock runs all this again. */
  private async run(
    attempt: Attempt,
    next: CallHandler,
    response: Response,
  ): Promise<{ body?: unknown; replay?: StoredAnswer }> {
    const { caller, key, fingerprint, secret } = attempt;
    const claim = await this.repository.claim(caller, key, fingerprint);
    if (claim === 'busy') throw inFlight();
    if (claim !== 'first') return { replay: claim };
    const body: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
    if (response.statusCode >= 400) {
      await this.repository.release(caller, key);
      return { body };
    }
    const text = body === undefined ? undefined : JSON.stringify(body);
    await this.repository.keep(caller, key, {
      status: response.statusCode,
      headers: headersOf(response),
      body: text === undefined ? null : secret ? seal(text, secret, SEAL_CONTEXT) : Buffer.from(text),
      sealed: secret !== undefined,
    });
    return { body };
  }
}

function attemptOf(context: ExecutionContext, request: Request, key: string): Attempt {
  if (!FORMAT.test(key)) throw InvalidError.field('Idempotency-Key', 'must be 1 to 255 visible ASCII characters');
  if (streams(context))
    throw InvalidError.field(
      'Idempotency-Key',
      'is not taken by a route that streams: on_conflict=skip or update makes it safe to send again',
      'request.idempotency_unsupported',
    );
  const content = `${request.method}\n${request.originalUrl}\n${JSON.stringify(request.body) ?? ''}`;
  const sealed = Reflect.getMetadata(SEALED_ANSWER, context.getHandler()) === true;
  return {
    caller: callerOf().id,
    key,
    fingerprint: sha256(content),
    ...(sealed && { secret: `${credentialOf(request.headers)}\n${key}` }),
  };
}

function headersOf(response: Response): Record<string, string> {
  const kept = KEPT_HEADERS.map((name) => [name, response.getHeader(name)] as const);
  return Object.fromEntries(
    kept.filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]),
  );
}

function replayed(answer: StoredAnswer, attempt: Attempt, response: Response): unknown {
  if (!answer.fingerprint.equals(attempt.fingerprint))
    throw new ImpossibleError('request.idempotency_mismatch', 'This Idempotency-Key was used for another request.');
  const body = bodyOf(answer, attempt);
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.setHeader('Idempotent-Replayed', 'true');
  return body;
}

function bodyOf({ body, sealed }: StoredAnswer, { secret }: Attempt): unknown {
  if (!body) return undefined;
  const text = sealed ? secret && unseal(body, secret, SEAL_CONTEXT) : body.toString();
  if (!text)
    throw new ConflictError(
      'request.idempotency_sealed',
      'The first answer holds a secret and only opens to the credential that asked for it.',
    );
  return JSON.parse(text);
}

const inFlight = (): ConflictError =>
  new ConflictError(
    'request.idempotency_in_flight',
    'The first request with this Idempotency-Key is still being worked on.',
  );
