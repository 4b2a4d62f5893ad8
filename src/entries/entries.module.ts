import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BulkRunner } from './bulk/bulk-runner.js';
import { EntryBulkWriter } from './bulk/entry-bulk.writer.js';
import { RelationshipBulkWriter } from './bulk/relationship-bulk.writer.js';
import { ClassificationRuleRepository } from './classification/classification-rule.repository.js';
import { ClassificationService } from './classification/classification.service.js';
import { Classifier } from './classification/classifier.js';
import { DriverSecrets } from './drivers/driver-secrets.js';
import { KubernetesCluster } from './drivers/kubernetes/kubernetes-cluster.js';
import { KubernetesDriver } from './drivers/kubernetes/kubernetes-driver.js';
import { OperationEnds } from './drivers/operation-ends.js';
import { OperationRepository } from './drivers/operation.repository.js';
import { OperationRunner } from './drivers/operation-runner.js';
import { OperationSignal } from './drivers/operation-signal.js';
import { OperationsService } from './drivers/operations.service.js';
import { WebhookDriver } from './drivers/webhook/webhook-driver.js';
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
import { EntryConfigRepository } from './kind/config/entry-config.repository.js';
import { EntryConfigs } from './kind/config/entry-configs.service.js';
import { DependenciesService } from './kind/dependencies/dependencies.service.js';
import { DependencyRepository } from './kind/dependencies/dependency.repository.js';
import { Drivers } from './kind/drivers.js';
import { EntryEventRepository } from './kind/events/entry-event.repository.js';
import { KindCatalog } from './kind/kind-catalog.js';
import { KindEntriesService } from './kind/kind-entries.service.js';
import { KindPages } from './kind/http/kind-pages.js';
import { LifecycleService } from './kind/lifecycle.service.js';
import { EntryLogRepository } from './kind/logs/entry-log.repository.js';
import { EntryLogs } from './kind/logs/entry-logs.service.js';
import { EntryMetricRepository } from './kind/metrics/entry-metric.repository.js';
import { EntryMetrics } from './kind/metrics/entry-metrics.service.js';
import { MetricRetention } from './kind/metrics/metric-retention.js';
import { KindStatsRepository } from './kind/stats/kind-stats.repository.js';
import { KindExport } from './kind/transfer/kind-export.js';
import { KindTransfer } from './kind/transfer/kind-transfer.service.js';
import { MembershipRepository } from './membership/membership.repository.js';
import { Memberships } from './membership/memberships.js';
import { Outbox } from './outbox.js';
import { OutboxSignal } from './outbox-signal.js';
import { RelationshipRepository } from './relationships/relationship.repository.js';
import { RelationshipsService } from './relationships/relationships.service.js';
import { RelationshipTypes } from './relationships/relationship-types.js';
import { PrometheusController } from './scrape/prometheus.controller.js';
import { ScrapeTargets } from './scrape/scrape-targets.js';
import { EntrySecretRepository } from './secrets/entry-secret.repository.js';
import { EntrySecrets } from './secrets/entry-secrets.js';
import { SecretUpkeep } from './secrets/secret-upkeep.js';
import { ServiceDirectory } from './service-directory.js';
import { StatsRepository } from './stats/stats.repository.js';
import { TransferService } from './transfer/transfer.service.js';

/** What the controllers of every kind ask, whatever module they stand in. */
const SHARED_CALLS = [
  DependenciesService,
  EntryConfigs,
  EntryEventRepository,
  EntryLogs,
  KindExport,
  KindStatsRepository,
  KindTransfer,
];

/** What other folders ask of the catalog. */
const OFFERED = [
  ...SHARED_CALLS,
  EntriesService,
  EntryIds,
  EntryRepository,
  EntrySecrets,
  KindCatalog,
  Drivers,
  DriverSecrets,
  KubernetesCluster,
  OperationsService,
  EntryAccess,
  EntryMetrics,
  KindEntriesService,
  KindPages,
  KubernetesCluster,
  LifecycleService,
  MembershipRepository,
  Memberships,
  HealthPropagation,
  HealthService,
  HealthView,
  Prober,
  Classifier,
  Outbox,
  OutboxSignal,
  RelationshipRepository,
  RelationshipTypes,
  ScrapeTargets,
  ServiceDirectory,
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
    PrometheusController,
    ClassificationController,
    StatsController,
  ],
  providers: [
    ...OFFERED,
    BulkRunner,
    DependencyRepository,
    EntryConfigRepository,
    EntryLogRepository,
    EntryMetricRepository,
    MetricRetention,
    ClassificationRuleRepository,
    ClassificationService,
    EntryBulkWriter,
    EntryHistoryRepository,
    EntryInclusions,
    EntrySecretRepository,
    FeatureCategoriesService,
    FeatureSeeder,
    KubernetesDriver,
    OperationEnds,
    OperationRepository,
    OperationRunner,
    OperationSignal,
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
    WebhookDriver,
  ],
  exports: OFFERED,
})
export class EntriesModule {}
