import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BulkRunner } from './bulk/bulk-runner.js';
import { EntryBulkWriter } from './bulk/entry-bulk.writer.js';
import { RelationshipBulkWriter } from './bulk/relationship-bulk.writer.js';
import { ClassificationRuleRepository } from './classification/classification-rule.repository.js';
import { ClassificationService } from './classification/classification.service.js';
import { Classifier } from './classification/classifier.js';
import { EntriesService } from './entries.service.js';
import { EntryAccess } from './entry-access.js';
import { EntryHistoryRepository } from './entry-history.repository.js';
import { EntryIds } from './entry-ids.js';
import { EntryRepository } from './entry.repository.js';
import { FeatureCategoriesService } from './features/feature-categories.service.js';
import { FeatureSeeder } from './features/feature-seeder.js';
import { RegistryCatalogController } from './facade/registry-catalog.controller.js';
import { RegistryEntriesController } from './facade/registry-entries.controller.js';
import { RegistryEntryWriter } from './facade/registry-entry.writer.js';
import { HealthMetrics } from './health/health-metrics.js';
import { HealthPropagation } from './health/health-propagation.js';
import { HealthRepository } from './health/health.repository.js';
import { HealthService } from './health/health.service.js';
import { HealthView } from './health/health-view.js';
import { ProbePlan } from './health/probe-plan.js';
import { ProbeScheduler } from './health/probe-scheduler.js';
import { ProbeStateRepository } from './health/probe-state.repository.js';
import { ProbeUpkeep } from './health/probe-upkeep.js';
import { Prober } from './health/prober.js';
import { PropagationRepository } from './health/propagation.repository.js';
import { BulkController } from './http/bulk.controller.js';
import { ClassificationController } from './http/classification.controller.js';
import { EntriesController } from './http/entries.controller.js';
import { EntryInclusions } from './http/entry-inclusions.js';
import { EntryRelatedController } from './http/entry-related.controller.js';
import { FeatureCategoriesController } from './http/feature-categories.controller.js';
import { RelationshipsController } from './http/relationships.controller.js';
import { StatsController } from './http/stats.controller.js';
import { TransferController } from './http/transfer.controller.js';
import { Drivers } from './kind/drivers.js';
import { KindCatalog } from './kind/kind-catalog.js';
import { KindEntriesService } from './kind/kind-entries.service.js';
import { KindPages } from './kind/http/kind-pages.js';
import { LifecycleService } from './kind/lifecycle.service.js';
import { Outbox } from './outbox.js';
import { OutboxSignal } from './outbox-signal.js';
import { RelationshipRepository } from './relationships/relationship.repository.js';
import { RelationshipsService } from './relationships/relationships.service.js';
import { RelationshipTypes } from './relationships/relationship-types.js';
import { EntrySecretRepository } from './secrets/entry-secret.repository.js';
import { EntrySecrets } from './secrets/entry-secrets.js';
import { SecretUpkeep } from './secrets/secret-upkeep.js';
import { StatsRepository } from './stats/stats.repository.js';
import { TransferService } from './transfer/transfer.service.js';

/** What other folders ask of the catalog. */
const OFFERED = [
  EntriesService,
  EntryIds,
  EntryRepository,
  KindCatalog,
  Drivers,
  EntryAccess,
  KindEntriesService,
  KindPages,
  LifecycleService,
  HealthPropagation,
  HealthService,
  HealthView,
  Prober,
  Classifier,
  Outbox,
  OutboxSignal,
  RelationshipRepository,
  RelationshipTypes,
  StatsRepository,
];

/** The heart: entries, relationships, classification, bulk and transfer. Routes with fixed words stand before `:id`. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [
    BulkController,
    TransferController,
    EntriesController,
    EntryRelatedController,
    RegistryCatalogController,
    RegistryEntriesController,
    RelationshipsController,
    FeatureCategoriesController,
    ClassificationController,
    StatsController,
  ],
  providers: [
    ...OFFERED,
    BulkRunner,
    ClassificationRuleRepository,
    ClassificationService,
    EntryBulkWriter,
    EntryHistoryRepository,
    EntryInclusions,
    EntrySecretRepository,
    EntrySecrets,
    FeatureCategoriesService,
    FeatureSeeder,
    HealthMetrics,
    HealthRepository,
    ProbePlan,
    ProbeScheduler,
    ProbeStateRepository,
    ProbeUpkeep,
    PropagationRepository,
    RegistryEntryWriter,
    RelationshipBulkWriter,
    RelationshipsService,
    SecretUpkeep,
    TransferService,
  ],
  exports: OFFERED,
})
export class EntriesModule {}
