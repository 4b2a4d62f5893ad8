import type { EmbeddingProvider } from '../../../entries/vectors/embedding-provider.js';
import type { Env } from '../../../platform/env/env.js';
import type { OutboundHttp } from '../../../platform/http-client/outbound-http.js';
import { LocalProvider } from './local.provider.js';
import { OpenAiProvider } from './openai.provider.js';
import { TransformersProvider } from './transformers.provider.js';

/**
 * The model that new vectors are made by, and those whose vectors may still be stored: a question is always asked in the
 * space of the index that answers it, also while another model's index is being filled.
 */
export class EmbeddingProviders {
  constructor(
    /** Undefined when vectors are switched off. */
    readonly chosen: EmbeddingProvider | undefined,
    private readonly others: readonly EmbeddingProvider[] = [],
  ) {}

  /** Undefined when this process does not have the model. */
  of(model: string): EmbeddingProvider | undefined {
    if (this.chosen === undefined) return undefined;
    return [this.chosen, ...this.others].find(({ id }) => id === model);
  }
}

/** What the environment has settings for; with `none` nothing. */
export function embeddingProviders(env: Env, http: OutboundHttp): EmbeddingProviders {
  const { embeddingProvider: name } = env;
  if (name === 'none') return new EmbeddingProviders(undefined);
  const makers = { local: () => new LocalProvider(), openai: () => openAi(env, http), transformers: () => folder(env) };
  const chosen = makers[name]();
  const others = Object.entries(makers).flatMap(([other, make]) => (other === name ? [] : [make()]));
  return new EmbeddingProviders(
    chosen,
    others.filter((provider) => provider !== undefined),
  );
}

function openAi(env: Env, http: OutboundHttp): OpenAiProvider | undefined {
  if (!env.embeddingUrl || !env.embeddingModel) return undefined;
  const settings = {
    url: env.embeddingUrl,
    model: env.embeddingModel,
    apiKey: env.embeddingApiKey,
    timeoutMs: env.embeddingTimeoutMs,
    ...shapeOf(env),
  };
  return new OpenAiProvider(settings, http);
}

const folder = (env: Env): TransformersProvider | undefined =>
  env.embeddingFolder ? new TransformersProvider({ folder: env.embeddingFolder, ...shapeOf(env) }) : undefined;

const shapeOf = ({ embeddingReduction, embeddingQueryPrefix, embeddingDocumentPrefix }: Env) => ({
  reduction: embeddingReduction,
  queryPrefix: embeddingQueryPrefix,
  documentPrefix: embeddingDocumentPrefix,
});
