import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import type { NodeId } from './engine/neighbor-source.js';
import { inSlices } from './engine/slices.js';
import { allOf, constraintOn } from './version-constraint.js';
import type { ConstraintAnswer, ConstraintMetadata } from './version-constraint.js';

/** A step of a walk along a relationship, and what the entry at its end is known by. */
export interface Step {
  from: NodeId;
  to: NodeId;
  reached: { name: string; version: string };
}

/** Metadata of a relationship may be 64 KiB: of so many at a time. */
const PAGE = 500;

const METADATA = `r.metadata -> 'constraint' AS "constraint", r.metadata -> 'groups' AS groups, r.metadata -> 'alternatives' AS alternatives`;

/** What relationships ask of the versions they lead to, as their metadata has it. */
@Injectable()
export class ConstraintsRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Of each step, of all relationships of these types by which it leads. */
  async along(steps: readonly Step[], typeIds: readonly number[]): Promise<ConstraintAnswer[]> {
    const rows = await this.uow.query<ConstraintMetadata & { n: number }>(
      // OFFSET 0 keeps the planner to one descent of the unique index per step and type: a hub has very many targets.
      `SELECT u.n::integer AS n, ${METADATA}
       FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS u(f, t, n) CROSS JOIN unnest($3::smallint[]) AS y(type)
       CROSS JOIN LATERAL (
         SELECT r.metadata FROM relationship r WHERE r.source_id = u.f AND r.type = y.type AND r.target_id = u.t OFFSET 0
       ) r`,
      [steps.map(({ from }) => from), steps.map(({ to }) => to), typeIds],
      'graph-constraints-along',
    );
    const found = steps.map((): ConstraintAnswer[] => []);
    await inSlices(each(rows, ({ n, ...metadata }) => found[n - 1].push(constraintOn(metadata, steps[n - 1].reached))));
    return found.map(allOf);
  }

  /** Of each relationship, by its id; those removed meanwhile are absent. */
  async of(relationships: readonly { id: string; reached: Step['reached'] }[]): Promise<Map<string, ConstraintAnswer>> {
    const found = new Map<string, ConstraintAnswer>();
    for (let at = 0; at < relationships.length; at += PAGE) {
      const page = relationships.slice(at, at + PAGE);
      const rows = await this.uow.query<ConstraintMetadata & { id: string }>(
        `SELECT r.id, ${METADATA} FROM unnest($1::bigint[]) u(n) JOIN relationship r ON r.id = u.n`,
        [page.map(({ id }) => id)],
        'graph-constraints-of',
      );
      const reached = new Map(page.map((one) => [one.id, one.reached]));
      await inSlices(each(rows, ({ id, ...metadata }) => found.set(id, constraintOn(metadata, reached.get(id)!))));
    }
    return found;
  }
}

/** What others wrote into metadata may take its time to be understood: others get their turn between two of them. */
function* each<Row>(rows: readonly Row[], tell: (row: Row) => void): Generator<undefined, void> {
  for (const row of rows) {
    tell(row);
    yield;
  }
}
