import type { UnitOfWork } from '../platform/database/unit-of-work.js';
import { currentViewer, hiddenFrom, statementFor } from '../entries/visibility.js';
import type { Viewer } from '../entries/visibility.js';
import { sqlStateOf } from '../platform/database/database-errors.js';
import { OutOfTime } from './engine/neighbor-source.js';
import type { Direction, EdgeSteps, NodeId, Steps } from './engine/neighbor-source.js';
import type { AheadSource } from './engine/reading-ahead.js';

const QUERY_CANCELED = '57014';
const LEVELS_AHEAD = 64;

type End = 'source' | 'target';

/**
 * A join over the unnested frontier: one index descent per entry. `= ANY($1)` reads the same rows, but beyond some
 * hundred entries the planner takes it for a reason to scan the table.
 */
const leg = (from: End, to: End, columns: string, condition: string, seen: Seen): string =>
  `SELECT r.${from}_id AS f, r.${to}_id AS t${columns} FROM unnest($1::bigint[]) u(n)
   JOIN relationship r ON r.${from}_id = u.n${condition} AND ${seen(`r.${to}_id`)}`;

/** The condition that the caller may see the entry of a column. */
type Seen = (column: string) => string;

/** The steps of a direction; a bidirectional relationship is one against it too. */
function steps(direction: Direction, columns: string, types: string, seen: Seen): string {
  const [from, to]: [End, End] = direction === 'in' ? ['target', 'source'] : ['source', 'target'];
  const back = direction === 'both' ? '' : ' AND r.bidirectional';
  return `${leg(from, to, columns, types, seen)} UNION ALL ${leg(to, from, columns, types + back, seen)}`;
}

/** What follows one entry, `a.n`; a recursive query may name itself only once, so both ways stand behind one join. */
function following(direction: Direction, types: string, seen: Seen): string {
  const [from, to]: [End, End] = direction === 'in' ? ['target', 'source'] : ['source', 'target'];
  const back = direction === 'both' ? '' : ' AND r.bidirectional';
  const way = (own: End, other: End, condition: string): string =>
    `SELECT r.${other}_id AS t FROM relationship r WHERE r.${own}_id = a.n${condition} AND ${seen(`r.${other}_id`)}`;
  return `${way(from, to, types)} UNION ALL ${way(to, from, types + back)}`;
}

/** A whole column travels as one text: a row object per step would be most of the time and memory of a large level. */
const packed = (columns: readonly string[], from: string): string =>
  `SELECT ${columns.map((column) => `string_agg(${column}::text, ',') AS ${column}`).join(', ')} FROM (${from}) s`;

const unpacked = (text: string | null): number[] => (text === null ? [] : text.split(',').map(Number));

/** Neighbours read from the database, one statement per frontier. */
export class SqlNeighbors implements AheadSource {
  private readonly reachSql: string;
  private readonly edgesSql: string;
  private readonly degreesSql: string;
  private readonly aheadSql: string;
  private readonly name: string;

  constructor(
    private readonly uow: UnitOfWork,
    direction: Direction,
    /** Undefined: all types. */
    private readonly typeIds?: readonly number[],
    /** Walks never enter what the caller may not see. */
    private readonly viewer: Viewer = currentViewer(),
  ) {
    const types = typeIds ? ' AND r.type = ANY($3::smallint[])' : '';
    this.name = statementFor(`${direction}${typeIds ? '-of' : ''}`, viewer);
    const readers = typeIds ? '$4' : '$3';
    const seen: Seen = (column) => (viewer ? `NOT ${hiddenFrom(column, readers)}` : 'true');
    const distinct = `SELECT t, min(f) AS f FROM (${steps(direction, '', types, seen)}) s GROUP BY t ORDER BY t LIMIT $2`;
    this.reachSql = packed(['f', 't'], distinct);
    this.edgesSql = packed(
      ['f', 't', 'e', 'w'],
      `${steps(direction, ', r.id AS e, r.weight AS w', types, seen)} LIMIT $2`,
    );
    this.aheadSql = `WITH RECURSIVE ahead (n, level) AS (
        SELECT u.n, 0 FROM unnest($1::bigint[]) u(n)
        UNION SELECT s.t, a.level + 1 FROM ahead a CROSS JOIN LATERAL (${following(direction, types, seen)}) s
        WHERE a.level < ${LEVELS_AHEAD}
      ) ${packed(['n'], 'SELECT DISTINCT n FROM (SELECT n FROM ahead LIMIT $2) taken')}`;
    const degree = { out: 'out_degree', in: 'in_degree', both: 'out_degree + in_degree' }[direction];
    this.degreesSql = packed(
      ['n', 'd'],
      `SELECT entry_id AS n, ${degree} AS d FROM unnest($1::bigint[]) u(n)
      JOIN entry_degree ON entry_id = u.n`,
    );
  }

  async reach(frontier: readonly NodeId[], limit: number): Promise<Steps> {
    const { f, t } = await this.ask(this.reachSql, 'reach', this.values(frontier, limit));
    return { from: f.slice(0, limit), to: t.slice(0, limit), cut: t.length > limit };
  }

  async edges(frontier: readonly NodeId[], limit: number): Promise<EdgeSteps> {
    const { f, t, e, w } = await this.ask(this.edgesSql, 'edges', this.values(frontier, limit));
    const cut = t.length > limit;
    if (cut) for (const column of [f, t, e, w]) column.length = limit;
    return { from: f, to: t, edge: e, weight: w, cut };
  }

  async ahead(frontier: readonly NodeId[], limit: number): Promise<NodeId[]> {
    return (await this.ask(this.aheadSql, 'ahead', this.values(frontier, limit))).n;
  }

  async degrees(frontier: readonly NodeId[]): Promise<Map<NodeId, number>> {
    const { n, d } = await this.ask(this.degreesSql, 'degrees', [frontier]);
    return new Map(n.map((node, i) => [node, d[i]]));
  }

  private values(frontier: readonly NodeId[], limit: number): unknown[] {
    return [frontier, limit + 1, ...(this.typeIds ? [this.typeIds] : []), ...(this.viewer ? [this.viewer] : [])];
  }

  private async ask(sql: string, question: string, values: unknown[]): Promise<Record<string, number[]>> {
    try {
      const [row] = await this.uow.query<Record<string, string | null>>(sql, values, `graph-${question}-${this.name}`);
      return Object.fromEntries(Object.entries(row).map(([column, text]) => [column, unpacked(text)]));
    } catch (error) {
      if (sqlStateOf(error) === QUERY_CANCELED)
        throw new OutOfTime('The database stopped a statement.', { cause: error });
      throw error;
    }
  }
}
