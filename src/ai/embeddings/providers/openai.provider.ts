import { setTimeout as sleep } from 'node:timers/promises';
import { DIMENSIONS } from '../../../entries/vectors/embedding-provider.js';
import type { EmbeddingProvider, EmbedOptions, ProviderHealth } from '../../../entries/vectors/embedding-provider.js';
import { ImpossibleError, UnavailableError } from '../../../platform/errors/registry-error.js';
import { AllowedTargets } from '../../../platform/http-client/allowed-targets.js';
import type { OutboundAnswer, OutboundHttp } from '../../../platform/http-client/outbound-http.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { reduced } from './reduction.js';
import type { Reduction } from './reduction.js';

export interface OpenAiSettings {
  /** `https://api.openai.com/v1`, `http://localhost:11434/v1` … */
  url: string;
  model: string;
  apiKey?: string;
  reduction: Reduction;
  queryPrefix: string;
  documentPrefix: string;
  timeoutMs: number;
}

const BATCH = 32;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;
/** Somebody waits for the answer to a question. */
const QUESTION_MS = 2000;
const LARGEST_ANSWER = 32 * 1024 ** 2;
const TRY_LATER = new Set([408, 409, 425, 429]);
/** The text, not the caller or the address, is what the other side will not have. */
const REFUSED_TEXT = new Set([400, 413, 422]);

interface EmbeddingAnswer {
  data?: { index?: number; embedding?: unknown }[];
}

/** Any service with OpenAI's `POST /embeddings`: OpenAI, Ollama, Text Embeddings Inference, vLLM. */
export class OpenAiProvider implements EmbeddingProvider {
  readonly id: string;
  private readonly breaker = new CircuitBreaker('The embedding service');
  private readonly endpoint: string;
  private readonly allowed: AllowedTargets | undefined;

  constructor(
    private readonly settings: OpenAiSettings,
    private readonly http: OutboundHttp,
  ) {
    const { url, model, reduction, documentPrefix, queryPrefix } = settings;
    const prefixes = documentPrefix || queryPrefix ? `+${JSON.stringify([documentPrefix, queryPrefix])}` : '';
    this.id = `http:${model}@${DIMENSIONS}+${reduction}${prefixes}`;
    this.endpoint = `${url.replace(/\/+$/, '')}/embeddings`;
    // Whoever runs the service has named this target, and no other is opened by it.
    const { hostname, port, protocol } = new URL(url);
    this.allowed = AllowedTargets.parse([`${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`]);
  }

  async embed(texts: readonly string[], options: EmbedOptions = {}): Promise<(Float32Array | null)[]> {
    const vectors: (Float32Array | null)[] = [];
    for (let at = 0; at < texts.length; at += BATCH) {
      const batch = texts.slice(at, at + BATCH);
      vectors.push(...(await this.breaker.run(() => this.persistently(batch, options))));
    }
    return vectors;
  }

  async health(): Promise<ProviderHealth> {
    try {
      await this.embed(['health'], { kind: 'query' });
      return { ok: true };
    } catch (error) {
      return { ok: false, detail: (error as Error).message };
    }
  }

  private async persistently(texts: readonly string[], options: EmbedOptions): Promise<(Float32Array | null)[]> {
    const attempts = options.kind === 'query' ? 1 : ATTEMPTS;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.ask(texts, options);
      if (answer.status === 200) return this.vectors(answer, texts.length);
      if (!isToRetry(answer.status) || attempt >= attempts) throw this.failure(answer);
      await sleep(pauseOf(answer, attempt), undefined, { signal: options.signal });
    }
  }

  /** A connection that fails is answered as 503, so that one rule decides about trying again. */
  private async ask(texts: readonly string[], { kind, signal }: EmbedOptions): Promise<OutboundAnswer> {
    const { model, apiKey, reduction, queryPrefix, documentPrefix, timeoutMs } = this.settings;
    const prefix = kind === 'query' ? queryPrefix : documentPrefix;
    const body = {
      model,
      input: texts.map((text) => prefix + text),
      encoding_format: 'float',
      ...(reduction === 'parameter' && { dimensions: DIMENSIONS }),
    };
    try {
      return await this.http.send(this.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
        body: JSON.stringify(body),
        totalMs: kind === 'query' ? Math.min(timeoutMs, QUESTION_MS) : timeoutMs,
        limits: { headersMs: timeoutMs, bodyBytes: LARGEST_ANSWER },
        allowed: this.allowed,
        signal,
      });
    } catch (error) {
      signal?.throwIfAborted();
      return { status: 503, headers: {}, body: Buffer.from((error as Error).message), url: this.endpoint };
    }
  }

  private vectors(answer: OutboundAnswer, count: number): (Float32Array | null)[] {
    const { data } = parsed(answer.body);
    const vectors = Array.from<Float32Array | null | undefined>({ length: count });
    for (const [at, item] of (data ?? []).entries()) {
      const { index = at, embedding } = item;
      if (!isVector(embedding) || index < 0 || index >= count) continue;
      vectors[index] = reduced(embedding, this.settings.reduction);
    }
    if (vectors.includes(undefined)) {
      throw new UnavailableError(
        'embeddings.bad_answer',
        'The embedding service did not answer a vector for each text.',
      );
    }
    return vectors as (Float32Array | null)[];
  }

  private failure({ status, headers, body }: OutboundAnswer): Error {
    const said = body.toString('utf8', 0, 300).replaceAll(this.settings.apiKey ?? '\0', '…');
    if (REFUSED_TEXT.has(status)) {
      return new ImpossibleError('embeddings.refused', `The embedding service refuses the text (${status}): ${said}`);
    }
    const wait = Number(headers['retry-after']);
    return new UnavailableError(
      'embeddings.unavailable',
      `The embedding service cannot be had now (${status}): ${said}`,
      undefined,
      Number.isInteger(wait) && wait > 0 ? Math.min(wait, 3600) : 1,
    );
  }
}

const isToRetry = (status: number): boolean => TRY_LATER.has(status) || status >= 500;

const isVector = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === 'number');

/** As the other side asks (`Retry-After` in seconds), else longer from time to time, spread by chance. */
function pauseOf({ headers }: OutboundAnswer, attempt: number): number {
  const asked = Number(headers['retry-after']) * 1000;
  const own = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
  return Math.min(LONGEST_PAUSE_MS, asked > 0 ? asked : own);
}

function parsed(body: Buffer): EmbeddingAnswer {
  try {
    return (JSON.parse(body.toString('utf8')) ?? {}) as EmbeddingAnswer;
  } catch {
    return {};
  }
}
