import { Buffer } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { VERSION } from '../env/version.js';
import { AllowedTargets } from './allowed-targets.js';
import { ENCODINGS, exchange } from './exchange.js';
import type { ExchangeAnswer, ExchangeLimits } from './exchange.js';
import { GuardedAddresses } from './guarded-addresses.js';
import type { Resolve } from './guarded-addresses.js';
import { OutboundError } from './outbound-error.js';
import { bareHost, outboundUrl, portOf } from './outbound-url.js';

export interface OutboundRequest {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** How many redirects are followed; 0, the default, answers the first one as it is. */
  redirects?: number;
  /** For the whole call, redirects included; 30 s when left out. */
  totalMs?: number;
  limits?: Partial<ExchangeLimits>;
  /** Opened for this purpose, beside what OUTBOUND_ALLOWED_HOSTS opens for all. */
  allowed?: AllowedTargets;
  /** Gives the call up. */
  signal?: AbortSignal;
}

export interface OutboundAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Decompressed. */
  body: Buffer;
  /** Where the answer came from, after redirects. */
  url: string;
}

const LIMITS: ExchangeLimits = { connectMs: 5_000, headersMs: 15_000, bodyBytes: 1024 ** 2, headerBytes: 16_384 };
const TOTAL_MS = 30_000;
const MOST_REDIRECTS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Decided by the connection, not by the caller. */
const OWN_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Stay the same whoever answers; all others were meant for the first origin only. */
const HARMLESS_HEADERS = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'user-agent']);

/** A step of a call: where to, and with what. */
interface Step {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body?: Buffer;
}

/**
 * The one way out: everything this service fetches or sends by a URL that somebody gave goes through here. A name is
 * resolved once, every address it has is checked, and the connection goes to exactly those addresses; the same again for
 * each redirect. HTTP proxies of the environment are not used: they would resolve the name a second time.
 */
@Injectable()
export class OutboundHttp {
  private readonly addresses: GuardedAddresses;

  constructor(
    allowed: AllowedTargets = AllowedTargets.NONE,
    resolve?: Resolve,
    /** Certificates trusted instead of the usual ones (PEM). */
    private readonly ca?: string,
  ) {
    this.addresses = new GuardedAddresses(allowed, resolve);
  }

  /**
   * Sends a request and answers whatever the other side did, 4xx and 5xx too.
   * @throws OutboundError when there is no answer, or none within the limits
   */
  async send(url: string, request: OutboundRequest = {}): Promise<OutboundAnswer> {
    const totalMs = request.totalMs ?? TOTAL_MS;
    const clock = new AbortController();
    const timer = setTimeout(
      () => clock.abort(new OutboundError('timeout', `The call took longer than ${totalMs} ms.`)),
      totalMs,
    );
    const signal = request.signal ? AbortSignal.any([clock.signal, request.signal]) : clock.signal;
    try {
      return await this.follow(firstStep(url, request), request, signal);
    } finally {
      clearTimeout(timer);
    }
  }

  private async follow(first: Step, request: OutboundRequest, signal: AbortSignal): Promise<OutboundAnswer> {
    const most = Math.min(request.redirects ?? 0, MOST_REDIRECTS);
    let step = first;
    for (let followed = 0; ; followed++) {
      const answer = await this.take(step, request, signal);
      const location = REDIRECTS.has(answer.status) ? answer.headers.location : undefined;
      if (location === undefined || most === 0) return { ...answer, url: step.url.href };
      if (followed === most)
        throw new OutboundError('redirected', `${first.url.host} redirects more than ${most} times.`);
      step = nextStep(step, answer.status, outboundUrl(location, step.url));
    }
  }

  private async take(step: Step, request: OutboundRequest, signal: AbortSignal): Promise<ExchangeAnswer> {
    const addresses = await this.addresses.of(bareHost(step.url), portOf(step.url), signal, request.allowed);
    const limits = { ...LIMITS, ...request.limits };
    return exchange({ ...step, addresses, signal, limits, ca: this.ca });
  }
}

function firstStep(url: string, { method = 'GET', headers = {}, body }: OutboundRequest): Step {
  const own = Object.keys(headers).find((name) => OWN_HEADERS.has(name.toLowerCase()));
  if (own) throw new OutboundError('bad_request', `The header ${own} is not the caller's to set.`);
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    url: outboundUrl(url),
    method,
    headers: { 'user-agent': `universal-registry/${VERSION}`, accept: '*/*', 'accept-encoding': ENCODINGS, ...sent },
    ...(body !== undefined && { body: Buffer.from(body) }),
  };
}

/** As browsers do: 303 (and 301 or 302 after a POST) turn into a GET, and another origin gets no credentials. */
function nextStep(step: Step, status: number, url: URL): Step {
  if (step.url.protocol === 'https:' && url.protocol === 'http:')
    throw new OutboundError('redirected', `${step.url.host} redirects from https to http.`);
  const becomesGet = status === 303 || (status < 303 && step.method === 'POST');
  const kept = Object.entries(step.headers).filter(
    ([name]) =>
      (url.origin === step.url.origin || HARMLESS_HEADERS.has(name)) && !(becomesGet && name.startsWith('content-')),
  );
  return {
    url,
    method: becomesGet && step.method !== 'HEAD' ? 'GET' : step.method,
    headers: Object.fromEntries(kept),
    ...(!becomesGet && step.body && { body: step.body }),
  };
}
