import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { kindTransferController } from '../../entries/kind/http/kind-transfer.controller.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { FlagReferences } from './definition/flag-references.js';
import { FlagReferencesRepository } from './definition/flag-references.repository.js';
import { EvaluationController } from './evaluation/evaluation.controller.js';
import { Evaluations } from './evaluation/evaluations.js';
import { FeatureFlagHooks } from './feature-flag.hooks.js';
import { featureFlagKind } from './feature-flag.kind.js';
import { FlagImport } from './importing/flag-import.js';
import { FlagTransferController } from './importing/flag-transfer.controller.js';
import { FlagStreams } from './ofrep/flag-streams.js';
import { FlagStreamsController, OfrepController } from './ofrep/ofrep.controller.js';
import { OfrepFilter } from './ofrep/ofrep.filter.js';
import { Ofrep } from './ofrep/ofrep.service.js';
import { StreamTokens } from './ofrep/stream-tokens.js';
import { FlagRevisionsController } from './promotion/flag-revisions.controller.js';
import { FlagRevisions } from './promotion/flag-revisions.js';
import { RevisionRepository } from './promotion/revision.repository.js';
import { Guardrails } from './rollout/guardrails.js';
import { RolloutChanges } from './rollout/rollout-changes.js';
import { RolloutWalker } from './rollout/rollout-walker.js';
import { RolloutController } from './rollout/rollout.controller.js';
import { RolloutRepository } from './rollout/rollout.repository.js';
import { Rollouts } from './rollout/rollouts.js';
import { SegmentRepository } from './segments/segment.repository.js';
import { SegmentsController } from './segments/segments.controller.js';
import { Segments } from './segments/segments.service.js';
import { FlagFeed } from './snapshot/flag-feed.js';
import { FlagSnapshot } from './snapshot/flag-snapshot.js';
import { FlagSnapshotRepository } from './snapshot/flag-snapshot.repository.js';
import { EvaluationCountRepository } from './stats/evaluation-count.repository.js';
import { EvaluationCounts } from './stats/evaluation-counts.js';
import { FlagStatsController } from './stats/flag-stats.controller.js';
import { FlagStatistics } from './stats/flag-stats.js';
import { StaleFlags } from './stats/stale-flags.js';

/** Feature flags: their rules in memory, what they answer, and how they roll out. Fixed words stand before `:id`. */
@Module({
  controllers: [
    OfrepController,
    FlagStreamsController,
    SegmentsController,
    EvaluationController,
    FlagStatsController,
    FlagRevisionsController,
    FlagTransferController,
    RolloutController,
    ...kindControllers(featureFlagKind, [kindTransferController]),
  ],
  providers: [
    EvaluationCountRepository,
    EvaluationCounts,
    Evaluations,
    FeatureFlagHooks,
    FlagFeed,
    FlagImport,
    FlagReferences,
    FlagReferencesRepository,
    FlagRevisions,
    FlagSnapshot,
    FlagSnapshotRepository,
    FlagStatistics,
    FlagStreams,
    Guardrails,
    Ofrep,
    OfrepFilter,
    RevisionRepository,
    RolloutChanges,
    RolloutRepository,
    Rollouts,
    RolloutWalker,
    SegmentRepository,
    Segments,
    StaleFlags,
    StreamTokens,
  ],
})
export class FeatureFlagsModule {
  constructor(catalog: KindCatalog) {
    catalog.add(featureFlagKind);
  }
}
