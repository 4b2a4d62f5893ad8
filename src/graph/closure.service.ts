import { Injectable } from '@nestjs/common';
import { EntryIds } from '../entries/entry-ids.js';
import { NotFoundError } from '../platform/errors/registry-error.js';
import { Alternatives } from './alternatives.js';
import { AlternativesRepository } from './alternatives.repository.js';
import { ClosureAnswer } from './closure-answer.js';
import { ConstraintsRepository } from './constraints.repository.js';
import { breadthFirst } from './engine/breadth-first.js';
import { CLOSURE } from './graph-limits.js';
import { entryNamed } from './graph-node.js';
import { GraphRepository } from './graph.repository.js';

export interface ClosureQuestion {
  root: string;
  /** `depends_on` and `requires` when left out. */
  types?: readonly string[];
  /** As far as it goes when left out. */
  depth?: number;
  /** Most entries answered, the root not counted. */
  limit: number;
}

/** Everything an entry needs, and everything that breaks if it fails: complete sets, hubs walked through too. */
@Injectable()
export class ClosureService {
  constructor(
    private readonly ids: EntryIds,
    private readonly graph: GraphRepository,
    private readonly alternatives: AlternativesRepository,
    private readonly constraints: ConstraintsRepository,
  ) {}

  dependencies(question: ClosureQuestion): Promise<ClosureAnswer> {
    return this.closure(question, 'out');
  }

  impact(question: ClosureQuestion): Promise<ClosureAnswer> {
    return this.closure(question, 'in');
  }

  private async closure(question: ClosureQuestion, direction: 'out' | 'in'): Promise<ClosureAnswer> {
    const { root, depth, limit } = question;
    const [start, typeIds] = await Promise.all([
      entryNamed(this.ids, 'id', root),
      this.graph.typeIds(question.types ?? CLOSURE.types),
    ]);
    const walk = await breadthFirst(this.graph.neighbours(direction, typeIds), start, {
      depth,
      nodes: limit + 1,
      deadline: performance.now() + CLOSURE.milliseconds,
    });
    const row = (await this.graph.summaries([start])).get(start);
    if (!row) throw new NotFoundError('entity', root);
    const extras =
      direction === 'in'
        ? { alternatives: new Alternatives(this.alternatives, walk.nodes, typeIds) }
        : { constraints: { repository: this.constraints, typeIds } };
    return new ClosureAnswer(walk, row, this.graph, extras);
  }
}
