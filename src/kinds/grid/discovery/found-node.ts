/** A node as a source knows it. */
export interface FoundNode {
  name: string;
  host: string;
  port: number;
  region?: string;
  zone?: string;
  weight?: number;
  labels: Record<string, string>;
  /** Why it is to get no work now; undefined when it may. */
  unready?: string;
}

export const MOST_FOUND = 5000;
/** For a source to answer. */
export const PATIENCE_MS = 15_000;
