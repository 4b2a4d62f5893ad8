import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { Stopped } from '../engine/stopped.js';
import type { Choice, StoredGraph } from '../engine/whole-graph.js';
import type { GraphWork, Results, WorkNamed } from './graph-work.js';
import type { GraphOrder, GraphOutcome } from './graph-worker.js';
import type { LoadLimit } from './stored-graphs.js';

const here = fileURLToPath(import.meta.url);
// Tests run the sources, and a worker the build: a thread of Node 20 takes no TypeScript.
const folder = here.endsWith('.ts') ? join(dirname(here), '../../../dist/src/graph/analysis') : dirname(here);

/** A thread that does not end by itself so long after it should have is ended. */
const GRACE_MS = 30_000;
const IDLE_MS = 60_000;
/** Its columns lie outside the heap; what lies in it is little. */
const MOST_HEAP_MEGABYTES = 1024;

/** A thread for algorithms over whole graphs, so that requests are answered meanwhile. One order at a time. */
@Injectable()
export class GraphThread implements OnModuleDestroy {
  private worker?: Worker;
  private idle?: NodeJS.Timeout;

  /** @throws Stopped by its time, or by the signal */
  async run<Name extends GraphWork['name']>(
    work: WorkNamed<Name>,
    { graph, choice }: { graph: StoredGraph; choice: Choice },
    { signal, deadline }: LoadLimit,
  ): Promise<Results[Name]> {
    if (signal.aborted) throw new Stopped('cancelled');
    clearTimeout(this.idle);
    const control = new Int32Array(new SharedArrayBuffer(4));
    const cancel = (): void => void Atomics.store(control, 0, 1);
    signal.addEventListener('abort', cancel, { once: true });
    const milliseconds = Math.max(0, deadline - performance.now());
    try {
      const outcome = await this.outcomeOf({ graph, choice, work, milliseconds, control });
      if ('stopped' in outcome) throw new Stopped(outcome.stopped);
      return outcome.result as Results[Name];
    } finally {
      signal.removeEventListener('abort', cancel);
      this.idle = setTimeout(() => void this.end(), IDLE_MS);
      this.idle.unref();
    }
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.idle);
    await this.end();
  }

  private async end(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private outcomeOf(order: GraphOrder): Promise<GraphOutcome> {
    const worker = (this.worker ??= this.started());
    worker.ref();
    return new Promise<GraphOutcome>((resolve, reject) => {
      const lost = (error: Error): void => {
        void this.end();
        reject(error);
      };
      const gone = (): void => lost(new Stopped('cancelled'));
      const late = setTimeout(() => lost(new Stopped('deadline')), order.milliseconds + GRACE_MS);
      worker.once('error', lost).once('exit', gone);
      worker.once('message', (outcome: GraphOutcome) => {
        clearTimeout(late);
        worker.off('error', lost).off('exit', gone).unref();
        resolve(outcome);
      });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
      worker.postMessage(order);
    });
  }

  private started(): Worker {
    const worker = new Worker(join(folder, 'graph-worker.js'), {
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MEGABYTES },
      // Secrets of the service are none of its business.
      env: {},
    });
    return worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined;
    });
  }
}
