import { parentPort } from 'node:worker_threads';
import { Stopped } from '../engine/stopped.js';
import type { Choice, StoredGraph } from '../engine/whole-graph.js';
import { workedOut } from './graph-work.js';
import type { GraphWork } from './graph-work.js';

/** What the thread is told to do. */
export interface GraphOrder {
  graph: StoredGraph;
  choice: Choice;
  work: GraphWork;
  /** How long it may take. */
  milliseconds: number;
  /** Shared; its first number turns 1 when nobody waits any more. */
  control: Int32Array;
}

export type GraphOutcome = { result: unknown } | { stopped: Stopped['reason'] };

/** Main file of the thread that looks at whole graphs. */
function outcomeOf({ graph, choice, work, milliseconds, control }: GraphOrder): GraphOutcome {
  const deadline = performance.now() + milliseconds;
  const check = (): void => {
    if (Atomics.load(control, 0) !== 0) throw new Stopped('cancelled');
    if (performance.now() > deadline) throw new Stopped('deadline');
  };
  try {
    return { result: workedOut(graph, choice, work, check) };
  } catch (error) {
    if (error instanceof Stopped) return { stopped: error.reason };
    throw error;
  }
}

parentPort!.on('message', (order: GraphOrder) => {
  const outcome = outcomeOf(order);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort!.postMessage(outcome, buffersOf(outcome));
});

/** Columns are handed over, not copied; those of the graph itself are shared and stay. */
function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) buffersOf(part, found);
  return [...found];
}
