import type { SummaryResponse } from '../../entries/entry-response.js';

/** A relationship with what its ends are known by. */
export interface ExportedEdge {
  id: string;
  source_id: string;
  target_id: string;
  source_key: string;
  target_key: string;
  type: string;
  weight: number;
  bidirectional: boolean;
}

type Batches<T> = Iterable<readonly T[]> | AsyncIterable<readonly T[]>;

/** A graph to be written, its entries before its relationships. */
export interface ExportedGraph {
  nodes: Batches<SummaryResponse>;
  edges: Batches<ExportedEdge>;
  /** What is missing, in words. */
  remark?: string;
}

/** A text on one line, without what no format can hold. */
export const oneLine = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- these are what is taken out
  text.replace(/[\u0000-\u001f\u007f\u2028\u2029\ufffe\uffff]+/g, ' ').toWellFormed();
