import { Injectable } from '@nestjs/common';
import type { ConflictAction } from '../../../entries/bulk/bulk.js';
import { KindTransfer } from '../../../entries/kind/transfer/kind-transfer.service.js';
import type { KindTransferSummary } from '../../../entries/kind/transfer/kind-transfer.service.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { BodyItem } from '../../../platform/http/ndjson.js';
import { flagKeyOf } from '../definition/flag-definitions.js';
import { FlagReferences } from '../definition/flag-references.js';
import { featureFlagKind } from '../feature-flag.kind.js';
import { FlagSnapshotRepository } from '../snapshot/flag-snapshot.repository.js';
import { Segments } from '../segments/segments.service.js';
import { foreignFlags } from './foreign-flags.js';
import type { ForeignFormat } from './foreign-flags.js';

export interface FlagImported extends KindTransferSummary {
  /** Segments that are new or changed. */
  segments: number;
  warnings: readonly string[];
  dry_run: boolean;
}

/** Takes over the flags and segments of other tools: all of them or none. */
@Injectable()
export class FlagImport {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly transfer: KindTransfer,
    private readonly segments: Segments,
    private readonly references: FlagReferences,
    private readonly flags: FlagSnapshotRepository,
  ) {}

  /** @throws RegistryError of the first flag that is refused */
  import(
    format: ForeignFormat,
    document: unknown,
    { onConflict, dryRun }: { onConflict: ConflictAction; dryRun: boolean },
  ): Promise<FlagImported> {
    const work = async (): Promise<FlagImported> => {
      await this.references.lock();
      const known = new Map((await this.flags.flags()).map((row) => [flagKeyOf(row), row.name]));
      const { flags, segments, warnings } = foreignFlags(format, document, known);
      let changed = 0;
      for (const segment of segments) if (await this.segments.put(segment)) changed++;
      const summary = await this.transfer.import(featureFlagKind, items(flags), 'atomic', onConflict);
      return { ...summary, segments: changed, warnings, dry_run: dryRun };
    };
    return dryRun ? this.uow.tryOut(work) : this.uow.run(work);
  }
}

// oxlint-disable-next-line typescript/require-await -- as the import takes what comes over the network
async function* items(flags: readonly object[]): AsyncGenerator<BodyItem> {
  for (const [index, value] of flags.entries()) yield { index, value };
}
