import { Injectable } from '@nestjs/common';
import { keyOf } from '../../../entries/entry-key.js';
import { NAME_PATTERN } from '../../../entries/entry-key.js';
import { NAME_RULE } from '../../../entries/http/entry.dto.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import {
  ConflictError,
  ImpossibleError,
  InvalidError,
  RegistryError,
} from '../../../platform/errors/registry-error.js';
import type { FieldError } from '../../../platform/errors/registry-error.js';
import { configKind } from '../config.kind.js';
import { referenceOf } from '../config-reference.js';
import { ConfigRepository } from '../config.repository.js';
import { placeProblem, scopeText } from '../scope.js';
import { withNote } from '../versions/change-note.js';
import type { ConfigOperation, ConfigOperationResult } from './config-transaction.dto.js';
import type { ConfigTarget } from './config-target.js';
import { ConfigWriter } from './config-writer.js';

/** An operation, and what its value was before the transaction. */
interface Placed {
  operation: ConfigOperation;
  target: ConfigTarget;
  revision: number;
}

/** Several values at once: every check holds and everything is done, or nothing is. */
@Injectable()
export class ConfigTransactions {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: ConfigRepository,
    private readonly writer: ConfigWriter,
  ) {}

  /** @throws ConflictError `config.transaction_failed` naming every operation whose check does not hold */
  async run(operations: readonly ConfigOperation[], comment: string | null): Promise<ConfigOperationResult[]> {
    const targets = operations.map((operation, index) => targetOf(operation, index));
    return this.uow.run(async () => {
      await this.repository.lockAll();
      const revisions = await this.repository.revisionsOf(targets);
      const placed = operations.map((operation, i) => ({ operation, target: targets[i], revision: revisions[i] }));
      assertChecks(placed);
      return withNote({ origin: 'transaction', comment }, async () => {
        const results: ConfigOperationResult[] = [];
        for (const [index, one] of placed.entries()) results.push(await this.step(one, index));
        return results;
      });
    });
  }

  private async step({ operation, target, revision }: Placed, index: number): Promise<ConfigOperationResult> {
    const { op } = operation;
    const key = keyOf(configKind.name, target.name, target.scopeText);
    if (op === 'check' || op === 'check_absent') return { op, key, revision: revision || null, changed: false };
    try {
      if (op === 'delete') {
        const there = await this.writer.idOf(target);
        if (there) await this.writer.remove(target, operation.key, false);
        return { op, key, revision: null, changed: there !== undefined };
      }
      const { type, value, validation, default: fallback, encrypted } = operation;
      const { row } = await this.writer.set(target, { type: type ?? undefined, value, validation, default: fallback, encrypted }); // prettier-ignore
      return { op, key, revision: row.revision, changed: row.revision !== revision };
    } catch (error) {
      throw error instanceof RegistryError ? placedError(error, index) : error;
    }
  }
}

function targetOf({ op, key, scope, scope_id: id, value, revision }: ConfigOperation, index: number): ConfigTarget {
  const wrong = (field: string, message: string): InvalidError =>
    InvalidError.field(`operations.${index}.${field}`, message);
  const { name, uid, scopeText: named } = referenceOf(key);
  if (uid || named !== undefined || !NAME_PATTERN.test(name)) throw wrong('key', NAME_RULE);
  const place = { scope: scope ?? 'global', scope_id: id ?? null };
  const problem = placeProblem(place);
  if (problem) throw wrong(...problem);
  if (op === 'set' && (value === undefined || value === null)) throw wrong('value', 'is required to set one');
  if (op === 'check' && (revision === undefined || revision === null))
    throw wrong('revision', 'is required of a check');
  return { name, scopeText: scopeText(place) };
}

function assertChecks(placed: readonly Placed[]): void {
  const failed = placed.flatMap(({ operation, revision }, index) => {
    const wanted = operation.op === 'check_absent' ? 0 : operation.revision;
    return wanted === undefined || wanted === null || wanted === revision
      ? []
      : [{ index, op: operation.op, key: operation.key, expected: wanted, revision }];
  });
  if (failed.length > 0)
    throw new ConflictError(
      'config.transaction_failed',
      `Nothing was changed: ${failed.length} of ${placed.length} operations found another revision.`,
      { failed },
    );
}

/** The refusal of one operation as that of the whole. */
function placedError(error: RegistryError, index: number): RegistryError {
  const errors: FieldError[] | undefined = error.errors?.map(({ field, message }) => ({
    field: `operations.${index}.${field}`,
    message,
  }));
  const detail = `Nothing was changed, as operation ${index} is refused: ${error.message}`;
  if (error.status === 400) return new InvalidError(detail, errors, error.code);
  if (error.status === 422) return new ImpossibleError(error.code, detail, errors, error.extra);
  if (error.status === 409) return new ConflictError(error.code, detail, { ...error.extra, operation: index });
  return error;
}
