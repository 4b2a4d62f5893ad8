import { Injectable } from '@nestjs/common';
import { failure } from '../../../entries/bulk/bulk.js';
import type { BulkMode, ConflictAction } from '../../../entries/bulk/bulk.js';
import { KindTransfer } from '../../../entries/kind/transfer/kind-transfer.service.js';
import type { KindTransferSummary } from '../../../entries/kind/transfer/kind-transfer.service.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import {
  ConflictError,
  ImpossibleError,
  InvalidError,
  RegistryError,
} from '../../../platform/errors/registry-error.js';
import type { BodyItem } from '../../../platform/http/ndjson.js';
import { configKind } from '../config.kind.js';
import { ConfigRepository } from '../config.repository.js';
import { ConfigReader } from '../read/config-reader.js';
import { ConfigResolver } from '../read/config-resolver.js';
import type { ScopeContext } from '../scope.js';
import { ConfigFeed } from '../snapshot/config-feed.js';
import { withNote } from '../versions/change-note.js';
import { ConfigWriter } from '../write/config-writer.js';
import { envLine, keyOfVariable, readEnv, typedText, variableOf } from './env-format.js';

export interface ImportOptions {
  mode: BulkMode;
  onConflict: ConflictAction;
  dryRun: boolean;
}

/** Variables of one `.env` file. */
const MOST_VARIABLES = 5000;

/** Takes configuration in and gives it out in the formats that are its own. */
@Injectable()
export class ConfigTransfer {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly transfer: KindTransfer,
    private readonly writer: ConfigWriter,
    private readonly repository: ConfigRepository,
    private readonly reader: ConfigReader,
    private readonly resolver: ConfigResolver,
    private readonly feed: ConfigFeed,
  ) {}

  async import(items: AsyncIterable<BodyItem>, options: ImportOptions): Promise<KindTransferSummary> {
    const { mode, onConflict, dryRun } = options;
    return withNote({ origin: 'import' }, async () => {
      if (!dryRun) return this.transfer.import(configKind, items, mode, onConflict);
      // The body is read first: a transaction waits for nothing but the database.
      const all: BodyItem[] = [];
      for await (const item of items) all.push(item);
      return this.uow.tryOut(() => this.transfer.import(configKind, each(all), mode, onConflict));
    });
  }

  /** Sets the values of one scope by their variables; each is checked, and in mode atomic the first wrong one ends it all. */
  async importEnv(text: string, scopeText: string, options: ImportOptions): Promise<KindTransferSummary> {
    const variables = readEnv(text);
    if (variables.size > MOST_VARIABLES)
      throw new ImpossibleError('config.too_many', `A file may hold at most ${MOST_VARIABLES} variables.`);
    const set = async (): Promise<KindTransferSummary> => {
      await this.repository.lockAll();
      return this.setAll(variables, scopeText, options);
    };
    return withNote({ origin: 'import' }, () => (options.dryRun ? this.uow.tryOut(set) : this.uow.run(set)));
  }

  /** The values that hold in a context, as lines of a `.env` file. Secrets are left out for who may not see them. */
  async exportEnv(prefix: string | undefined, context: ScopeContext): Promise<{ text: string; revealed: boolean }> {
    await this.feed.fresh();
    const reading = this.resolver.reading(context);
    const all = await this.reader.resolvedAll(prefix, context, reading);
    const open = this.resolver.mayReveal();
    const lines = all.map(({ name, value, encrypted, unresolved, masked }) => {
      if (unresolved) return `# ${variableOf(name)} refers to ${unresolved.join(', ')}, which has no value here\n`;
      return (encrypted || masked) && !open ? `# ${variableOf(name)} is a secret\n` : envLine(variableOf(name), value);
    });
    return { text: lines.join(''), revealed: await reading.end() };
  }

  private async setAll(
    variables: ReadonlyMap<string, string>,
    scopeText: string,
    { mode, onConflict }: ImportOptions,
  ): Promise<KindTransferSummary> {
    const summary: KindTransferSummary = {
      created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0, dependencies: 0, errors: [],
    }; // prettier-ignore
    const known = new Map((await this.repository.keys()).map((key) => [variableOf(key.name), key]));
    for (const [index, [variable, text]] of [...variables].entries()) {
      const name = known.get(variable)?.name ?? keyOfVariable(variable);
      const target = { name, scopeText };
      const [before] = await this.repository.revisionsOf([target]);
      try {
        if (before > 0 && onConflict === 'fail') throw new ConflictError('entity.already_exists', `${name} is there already.`); // prettier-ignore
        if (before > 0 && onConflict === 'skip') summary.skipped++;
        else {
          const { row, made } = await this.writer.set(target, { value: typedText(text, known.get(variable)?.type) });
          summary[made ? 'created' : row.revision === before ? 'unchanged' : 'updated']++;
        }
      } catch (error) {
        if (!(error instanceof RegistryError) || error.status >= 500) throw error;
        if (mode === 'atomic') throw atomicError(variable, error);
        summary.failed++;
        if (summary.errors.length < 100) summary.errors.push(failure(index, error));
      }
    }
    return summary;
  }
}

const atomicError = (variable: string, error: RegistryError): RegistryError =>
  error.status === 409
    ? new ConflictError(error.code, `${variable}: ${error.message}`)
    : new InvalidError(`${variable}: ${error.message}`, [{ field: variable, message: error.message }], error.code);

// oxlint-disable-next-line typescript/require-await -- as the import takes what comes over the network
async function* each(items: readonly BodyItem[]): AsyncGenerator<BodyItem> {
  yield* items;
}
