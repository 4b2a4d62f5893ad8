import { Injectable } from '@nestjs/common';
import { ShutdownState } from '../../platform/http/shutdown-state.js';
import { UnavailableError } from '../../platform/errors/registry-error.js';
import { Stopped } from '../engine/stopped.js';
import { ANALYSIS } from '../graph-limits.js';
import { GraphThread } from './graph-thread.js';
import type { GraphScope } from './graph-scope.js';
import type { GraphVersion } from './graph-version.js';
import type { GraphWork, Results, WorkNamed } from './graph-work.js';
import { StoredGraphRepository } from './stored-graph.repository.js';
import { StoredGraphs } from './stored-graphs.js';

/** What was worked out, and from what. */
export interface Worked<Name extends GraphWork['name']> {
  result: Results[Name];
  version: GraphVersion;
  /** Of the scope it was worked out for. */
  restrictions: string;
  milliseconds: number;
}

interface Question {
  scope: GraphScope;
  types?: readonly number[];
  signal: AbortSignal;
}

/** Where whole graphs are looked at: one at a time, each within its time, none that nobody waits for. */
@Injectable()
export class GraphDesk {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private readonly stopping = new AbortController();

  constructor(
    private readonly graphs: StoredGraphs,
    private readonly repository: StoredGraphRepository,
    private readonly thread: GraphThread,
    shutdown: ShutdownState,
  ) {
    shutdown.onDrain(() => this.stopping.abort());
  }

  /** @throws UnavailableError `graph.busy`, `graph.interrupted`, `graph.deadline`, ImpossibleError `graph.too_large`, Stopped when cancelled by the signal */
  async work<Name extends GraphWork['name']>(work: WorkNamed<Name>, question: Question): Promise<Worked<Name>> {
    if (this.waiting >= ANALYSIS.waiting)
      throw new UnavailableError('graph.busy', 'Too many questions about the whole graph are waiting.', undefined, 10);
    this.waiting++;
    const run = this.last.then(() => this.worked(work, question)).finally(() => this.waiting--);
    this.last = run.catch(() => undefined);
    return run;
  }

  private async worked<Name extends GraphWork['name']>(
    work: WorkNamed<Name>,
    { scope, types, signal }: Question,
  ): Promise<Worked<Name>> {
    const began = performance.now();
    const limit = {
      signal: AbortSignal.any([signal, this.stopping.signal]),
      deadline: began + ANALYSIS.workMilliseconds,
    };
    try {
      const { graph, version } = await this.graphs.current(limit);
      const { ids: without, restrictions } =
        scope.name === 'all' ? { ids: undefined, ...scope } : await this.repository.restricted();
      const result = await this.thread.run(work, { graph, choice: { types, without } }, limit);
      return { result, version, restrictions, milliseconds: Math.round(performance.now() - began) };
    } catch (error) {
      if (!(error instanceof Stopped) || signal.aborted) throw error;
      if (error.reason === 'cancelled')
        throw new UnavailableError('graph.interrupted', 'The service ended what it was working on; ask again.', error, 10); // prettier-ignore
      throw new UnavailableError(
        'graph.deadline',
        `The whole graph could not be looked at within ${ANALYSIS.workMilliseconds / 60_000} minutes.`,
        error,
        60,
      );
    }
  }
}
