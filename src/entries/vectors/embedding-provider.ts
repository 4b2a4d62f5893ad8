/** Of every vector that is stored or compared; providers bring theirs to it. */
export const DIMENSIONS = 384;

export interface EmbedOptions {
  /** Some models want questions marked as such; `document` when left out. */
  kind?: 'document' | 'query';
  /** Gives the call up. */
  signal?: AbortSignal;
}

export interface ProviderHealth {
  ok: boolean;
  detail?: string;
}

/** Turns texts into vectors. Vectors of different ids live in different spaces and are never compared. */
export interface EmbeddingProvider {
  /** Model and whatever shapes its vectors: `static-en-384@<sha>`, `http:<model>@384+project`, `onnx:<sha>@384`. */
  readonly id: string;
  /** Cosine that two texts which have nothing to do with each other hardly ever reach; undefined where nobody measured it. */
  readonly floor?: number;
  /**
   * Vectors of unit length and {@link DIMENSIONS} numbers in the order of the texts; null for a text in which the model
   * finds nothing.
   * @throws UnavailableError when the model cannot be had now, ImpossibleError when it refuses a text for good
   */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<(Float32Array | null)[]>;
  health(): Promise<ProviderHealth>;
}
