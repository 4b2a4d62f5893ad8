import { AsyncLocalStorage } from 'node:async_hooks';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager, EntityTarget, ObjectLiteral, QueryRunner, Repository } from 'typeorm';
import { DataSource, QueryRunnerAlreadyReleasedError } from 'typeorm';
import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { isAbandoned, isRetryable } from './database-errors.js';
import { DATABASE_SETTINGS } from './database-settings.js';
import type { DatabaseSettings } from './database-settings.js';

interface Transaction {
  runner: QueryRunner;
  open: boolean;
  afterCommit: (() => void)[];
  /** What `doOnce` has done in it. */
  done: Set<string>;
}

const MOST_ATTEMPTS = 4;

const rowsOf = <Row extends QueryResultRow>({ rows }: QueryResult<Row>): Row[] => rows;

/**
 * The one door to the database. `run` opens a transaction or joins the outer one (and rolls back with it); `query`
 * and `repository` use the running transaction, or a pooled connection outside of one. A query that outlives its
 * transaction throws instead of committing on its own.
 *
 * Inside `run`, await nothing but this class: on the embedded database an open transaction makes everyone else wait.
 */
@Injectable()
export class UnitOfWork {
  private readonly storage = new AsyncLocalStorage<Transaction>();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(DATABASE_SETTINGS) private readonly settings: DatabaseSettings,
  ) {}

  /** True on the embedded database: one session, no LISTEN, no named statements. */
  get embedded(): boolean {
    return this.settings.embedded;
  }

  get inTransaction(): boolean {
    return this.storage.getStore() !== undefined;
  }

  /** Runs `fn` in one transaction. A deadlock or serialisation failure runs it again, so it may hold no state of its own. */
  async run<T>(fn: () => Promise<T>): Promise<T> {
    const outer = this.storage.getStore();
    if (outer) {
      this.assertOpen(outer);
      return fn();
    }
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(fn);
      } catch (error) {
        if (attempt >= MOST_ATTEMPTS || !isRetryable(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * (0.5 + Math.random())));
      }
    }
  }

  /** Runs `fn` for its answer and undoes what it has written; inside of an outer run that one's own writes stay. */
  tryOut<T>(fn: () => Promise<T>): Promise<T> {
    return this.run(async () => {
      const transaction = this.storage.getStore()!;
      const done = new Set(transaction.done);
      await this.query('SAVEPOINT trial');
      try {
        return await fn();
      } finally {
        await this.query('ROLLBACK TO SAVEPOINT trial');
        transaction.done = done;
      }
    });
  }

  /** Does `work` unless this transaction has done what bears this name: a lock is asked for once. */
  async doOnce(name: string, work: () => Promise<unknown>): Promise<void> {
    if (this.hasDone(name)) return;
    await work();
    this.storage.getStore()?.done.add(name);
  }

  /** Whether {@link doOnce} has done what bears this name in the running transaction. */
  hasDone(name: string): boolean {
    return this.storage.getStore()?.done.has(name) === true;
  }

  /** Rows of one parameterised statement. `name` makes it a prepared statement where the database allows it. */
  query<Row extends QueryResultRow>(sql: string, values: readonly unknown[] = [], name?: string): Promise<Row[]> {
    const transaction = this.storage.getStore();
    const statement = { text: sql, values: values as unknown[], ...(name && this.named && { name }) };
    return transaction ? this.within<Row>(transaction, statement) : this.pool.query<Row>(statement).then(rowsOf<Row>);
  }

  /** TypeORM's repository of a row class, bound to the running transaction. */
  repository<Row extends ObjectLiteral>(target: EntityTarget<Row>): Repository<Row> {
    return this.manager.getRepository(target);
  }

  /** Runs after the outer transaction has committed, at once outside of one. Never awaited: for wake-ups only. */
  afterCommit(callback: () => void): void {
    const transaction = this.storage.getStore();
    if (transaction) transaction.afterCommit.push(callback);
    else callback();
  }

  private async within<Row extends QueryResultRow>(transaction: Transaction, statement: QueryConfig): Promise<Row[]> {
    this.assertOpen(transaction);
    const client = (await transaction.runner.connect()) as PoolClient;
    return rowsOf(await client.query<Row>(statement));
  }

  /** A pooler of transactions gives the next one another connection, which knows no statement by name (or knows it already). */
  private get named(): boolean {
    return !this.settings.embedded && this.settings.directUrl === undefined;
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  private get manager(): EntityManager {
    const transaction = this.storage.getStore();
    if (!transaction) return this.dataSource.manager;
    this.assertOpen(transaction);
    return transaction.runner.manager;
  }

  private assertOpen(transaction: Transaction): void {
    if (!transaction.open) throw new Error('A query outlived its transaction: something inside run() was not awaited.');
  }

  private async once<T>(fn: () => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const transaction: Transaction = { runner, open: true, afterCommit: [], done: new Set() };
    let result: T;
    try {
      await runner.startTransaction();
      result = await this.storage.run(transaction, fn);
      transaction.open = false;
      await commit(runner);
    } catch (error) {
      transaction.open = false;
      throw await undone(runner, error);
    } finally {
      await runner.release();
    }
    for (const callback of transaction.afterCommit) callback();
    return result;
  }
}

/** PostgreSQL answers COMMIT of a failed transaction with a ROLLBACK, and no error: a lost write that nobody hears of. */
async function commit(runner: QueryRunner): Promise<void> {
  const client = (await runner.connect()) as PoolClient;
  const { command } = await client.query('COMMIT');
  if (command === 'COMMIT') return;
  throw new Error('A statement of the transaction failed and its error was ignored: nothing was kept.');
}

/** Rolls back, and gives the error to tell: the first one. A connection that broke has nothing to roll back. */
async function undone(runner: QueryRunner, error: unknown): Promise<unknown> {
  if (error instanceof QueryRunnerAlreadyReleasedError) {
    return new Error('Connection terminated in the middle of a transaction', { cause: error });
  }
  if (isAbandoned(error)) {
    // The server may be at it still, or gone: nothing can be asked on this connection, and nobody else may get it.
    // An error event is how TypeORM takes a connection out of the pool.
    ((await runner.connect()) as PoolClient).emit('error', error);
  } else if (runner.isTransactionActive && !runner.isReleased) {
    await runner.rollbackTransaction().catch(() => undefined);
  }
  return error;
}
