import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { hasBody } from '../../../platform/http/body-reader.js';
import type { Admission } from '../breaker/breakers.js';
import type { Choice } from '../choice/chooser.js';
import type { CompiledRoute } from '../table/compiled-route.js';
import type { MeshRequest } from '../table/mesh-request.js';
import { failed } from './proxy-errors.js';
import type { Failure } from './proxy-errors.js';
import { answerHeaders, requestHeaders, setHeaders, trailersOf } from './proxy-headers.js';
import type { ProxyParts } from './proxy-parts.js';
import type { ProxyTrace } from './proxy-trace.js';
import { ProxyTry } from './proxy-try.js';

/** Done twice they change nothing more than done once (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** One request on its way through the mesh, with its answer on its way back. */
export interface Passage {
  route: CompiledRoute;
  request: MeshRequest;
  choice: Choice;
  admission: Admission;
  incoming: IncomingMessage;
  response: ServerResponse;
  /** As the destination sees it, with the query. */
  path: string;
  /** Set in the answer, so that the client stays on its branch. */
  cookie: string | undefined;
  trace: ProxyTrace | undefined;
}

/**
 * Sends a request on and its answer back, as streams: nothing of a body is kept. It is tried again only while nothing of the
 * answer is out, nothing of the body is gone, and doing it twice does no harm; what never reached anybody is no doing.
 */
export class ProxyExchange {
  private readonly startedAt = performance.now();
  private readonly tried = new Set<string>();
  private readonly body: boolean;
  private attempt = 0;
  private current: ProxyTry | undefined;
  private status = 0;
  private settled = false;
  private ended = false;
  private bodyTaken = false;
  private freshened = false;
  private deadline: NodeJS.Timeout | undefined;
  private endTry: (status: number, error?: string) => void = () => undefined;
  private resolve!: () => void;
  private reject!: (error: unknown) => void;

  constructor(
    private readonly parts: ProxyParts,
    private readonly passage: Passage,
  ) {
    this.body = hasBody(passage.incoming);
  }

  /** Resolves when the answer is out or its client is gone. @throws RegistryError while nothing is out yet */
  run(): Promise<void> {
    const { route, response } = this.passage;
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.parts.budget.begin(route);
      response.on('close', () => this.onClientClose());
      // Gone while a probe was asked for.
      if (response.destroyed) {
        this.onClientClose();
        return;
      }
      if (route.timeoutMs > 0) this.deadline = setTimeout(() => this.late(), route.timeoutMs);
      this.send(this.passage.choice);
    });
  }

  private send(choice: Choice): void {
    const { route, incoming, request, path, response, trace } = this.passage;
    const endpoint = choice.endpoint!;
    const way = this.parts.agents.to(endpoint);
    this.tried.add(endpoint.key);
    if (!way.allowed) {
      this.end(failed(route, choice.destination!.name, 'refused'));
      return;
    }
    const traced = trace?.begin(endpoint, this.attempt);
    this.endTry = traced?.end ?? (() => undefined);
    way.active++;
    this.parts.balancer.begin(endpoint);
    const { clientIp, requestId } = request;
    const passed = { clientIp, requestId, traceparent: traced?.traceparent, body: this.body };
    const headers = requestHeaders(incoming, endpoint, { passed, rewrite: route.row.spec.rewrite });
    const expects = this.body && /^100-continue$/i.test(incoming.headers.expect ?? '');
    const writeContinue = (): void => void (response.headersSent || response.destroyed || response.writeContinue());
    const timeoutMs = route.retry.perTryTimeoutMs;
    // A try may be over before its own constructor is: nothing of it is looked at by then.
    const current: ProxyTry = new ProxyTry(
      endpoint,
      way,
      { incoming, path, headers, body: this.body, expects, timeoutMs, writeContinue },
      {
        answered: (answer) => this.onAnswer(answer, choice, current),
        failed: (failure) => this.onFailure(failure, choice, current),
        closed: () => {
          way.active--;
          way.usedAt = performance.now();
          this.parts.balancer.end(endpoint);
        },
      },
    );
    this.current = current;
  }

  private onAnswer(answer: IncomingMessage, choice: Choice, made: ProxyTry): void {
    this.bodyTaken ||= made.bodyTaken;
    this.status = answer.statusCode!;
    const success = this.status < 500;
    this.endTry(this.status, success ? undefined : `HTTP ${this.status}`);
    const { on } = this.passage.route.retry;
    const retried = on.has(this.status) || (this.status >= 500 && on.has('5xx'));
    if (retried && this.mayRetry(IDEMPOTENT.has(this.passage.request.method))) {
      this.parts.breakers.settle(this.passage.route, this.passage.admission, success);
      answer.resume();
      answer.on('error', () => undefined);
      this.again(choice);
      return;
    }
    clearTimeout(this.deadline);
    // A failure is known as one now; of a probe nobody waits for the end of a stream either.
    if (!success || this.passage.admission.verdict === 'probe') this.settle(success);
    this.pass(answer);
  }

  private pass(answer: IncomingMessage): void {
    const { response, incoming, cookie } = this.passage;
    const unread = this.body && !this.bodyTaken;
    // A client that was never told to go on sends no body: where the next request begins nobody could tell.
    if (unread) response.shouldKeepAlive = false;
    response.statusCode = this.status;
    response.statusMessage = answer.statusMessage!;
    setHeaders(response, answerHeaders(answer, cookie));
    answer.on('end', () => {
      const trailers = trailersOf(answer);
      if (trailers.length > 0) response.addTrailers(trailers);
    });
    answer.on('error', () => this.cut());
    answer.on('close', () => {
      if (!answer.complete) this.cut();
    });
    response.on('finish', () => {
      // What the destination did not want of the body nobody does.
      if (!incoming.complete) incoming.resume();
      if (unread) this.current?.destroy();
    });
    answer.pipe(response);
    // A head whose body is still to come is not kept back.
    setImmediate(() => {
      if (!response.writableEnded && !response.destroyed) response.flushHeaders();
    });
  }

  /** Half an answer: only a connection that is cut tells the client. */
  private cut(): void {
    if (this.ended || this.passage.response.writableFinished) return;
    this.settle(false);
    this.passage.response.destroy();
  }

  private onFailure(failure: Failure, choice: Choice, made: ProxyTry | undefined): void {
    if (this.ended) return;
    this.bodyTaken ||= made?.bodyTaken ?? false;
    this.endTry(0, failure);
    const { route, request, admission } = this.passage;
    const idempotent = IDEMPOTENT.has(request.method);
    // The destination closed a connection that was kept, as it may: its fault it is not.
    if (failure === 'reset' && made?.onOldConnection && idempotent && !this.bodyTaken && !this.freshened) {
      this.freshened = true;
      this.send(choice);
      return;
    }
    const retried = failure !== 'refused' && route.retry.on.has(failure);
    if (retried && this.mayRetry(idempotent || failure === 'connect_failure')) {
      this.parts.breakers.settle(route, admission, false);
      this.again(choice);
      return;
    }
    if (failure !== 'refused') this.settle(false);
    this.end(failed(route, choice.destination!.name, failure));
  }

  /** Whether another try is allowed; it is counted then. A probe is one request. */
  private mayRetry(harmless: boolean): boolean {
    const { route, admission } = this.passage;
    if (!harmless || this.bodyTaken || this.attempt >= route.retry.attempts || admission.verdict !== 'pass')
      return false;
    if (this.ended || this.parts.breakers.standing(route).verdict !== 'pass') return false;
    return this.parts.budget.take(route);
  }

  private again(choice: Choice): void {
    const { route, request } = this.passage;
    const { baseMs, maxMs } = route.retry;
    const most = Math.min(maxMs, baseMs * 2 ** this.attempt);
    this.attempt++;
    void pause(most * (0.5 + Math.random() / 2)).then(() => {
      this.parts.budget.release(route);
      if (this.ended) return;
      const next = this.parts.chooser.again(route, choice, request, this.tried);
      if (next.endpoint) this.send(next);
      else this.end(failed(route, choice.destination!.name, 'connect_failure'));
    });
  }

  private late(): void {
    if (this.ended) return;
    const { route, choice } = this.passage;
    if (this.current?.bodyTaken) this.bodyTaken = true;
    this.current?.destroy();
    this.endTry(0, 'timeout');
    this.settle(false);
    this.end(failed(route, choice.destination!.name, 'timeout'));
  }

  private onClientClose(): void {
    const { response } = this.passage;
    if (this.ended) return;
    if (response.writableFinished) this.settle(this.status < 500);
    else {
      this.endTry(this.status, 'the client went away');
      this.settle(undefined);
      this.current?.destroy();
    }
    this.end();
  }

  /** Once; undefined where the client went away and nobody can tell. */
  private settle(success: boolean | undefined): void {
    if (this.settled) return;
    this.settled = true;
    const { route, admission, choice } = this.passage;
    this.parts.breakers.settle(route, admission, success);
    if (success === undefined && this.status === 0) return;
    const milliseconds = performance.now() - this.startedAt;
    const destination = choice.destination!.name;
    const counted = success ?? this.status < 500;
    this.parts.counts.note(route, { destination, success: counted, milliseconds, retries: this.attempt, status: this.status }); // prettier-ignore
  }

  private end(error?: Error & { status?: number }): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.deadline);
    const { route, trace, incoming } = this.passage;
    this.parts.budget.end(route);
    if (trace) this.parts.spans?.record(trace.end(error?.status ?? this.status, error?.message));
    if (!error) {
      this.resolve();
      return;
    }
    if (!incoming.complete) incoming.resume();
    this.reject(error);
  }
}
