import { Extensions1764000000100 } from './1764000000100-extensions.js';
import { Entry1764000000200 } from './1764000000200-entry.js';
import { EntryCount1764000000300 } from './1764000000300-entry-count.js';
import { Relationship1764000000400 } from './1764000000400-relationship.js';
import { EntryDocument1764000000500 } from './1764000000500-entry-document.js';
import { Event1764000000600 } from './1764000000600-event.js';
import { ApiKey1764000001100 } from './1764000001100-api-key.js';
import { SigningKey1764000001200 } from './1764000001200-signing-key.js';
import { IdempotencyKey1764000001300 } from './1764000001300-idempotency-key.js';
import { EventNumbering1764000002100 } from './1764000002100-event-numbering.js';
import { EventPartitions1764000002200 } from './1764000002200-event-partitions.js';
import { SearchStatistics1764000003100 } from './1764000003100-search-statistics.js';
import { SearchVocabulary1764000003200 } from './1764000003200-search-vocabulary.js';
import { SearchSlashes1764000003300 } from './1764000003300-search-slashes.js';
import { Graph1764000004100 } from './1764000004100-graph.js';
import { RelationshipEnds1764000004200 } from './1764000004200-relationship-ends.js';
import { ClassificationRule1764000005100 } from './1764000005100-classification-rule.js';
import { JobLease1764000006100 } from './1764000006100-job-lease.js';
import { RateLimitCounter1764000007100 } from './1764000007100-rate-limit-counter.js';
import { KeyRotation1764000007300 } from './1764000007300-key-rotation.js';
import { AccessRole1764000007310 } from './1764000007310-access-role.js';
import { TokenRevocation1764000007320 } from './1764000007320-token-revocation.js';
import { DataKey1764000007400 } from './1764000007400-data-key.js';
import { EntrySecret1764000007410 } from './1764000007410-entry-secret.js';
import { EntryRestriction1764000007500 } from './1764000007500-entry-restriction.js';
import { Audit1764000008100 } from './1764000008100-audit.js';
import { AuditSeal1764000008110 } from './1764000008110-audit-seal.js';
import { ServiceRole1764000008120 } from './1764000008120-service-role.js';
import { GatewayUsage1764000008200 } from './1764000008200-gateway-usage.js';
import { LeakedKey1764000008300 } from './1764000008300-leaked-key.js';
import { EntryLogs1764000009010 } from './1764000009010-entry-logs.js';
import { EntryMetrics1764000009011 } from './1764000009011-entry-metrics.js';
import { EntryConfig1764000009012 } from './1764000009012-entry-config.js';
import { ProbeState1764000009020 } from './1764000009020-probe-state.js';
import { HealthMarks1764000009021 } from './1764000009021-health-marks.js';
import { Operation1764000009030 } from './1764000009030-operation.js';
import { HostFacts1764000009040 } from './1764000009040-host-facts.js';
import { ServiceInstance1764000009050 } from './1764000009050-service-instance.js';
import { Workload1764000009060 } from './1764000009060-workload.js';
import { EngineAutoscaling1764000009061 } from './1764000009061-engine-autoscaling.js';
import { RegistryDefault1764000009070 } from './1764000009070-registry-default.js';
import { RegistrySyncRequest1764000009071 } from './1764000009071-registry-sync-request.js';
import { ConfigChange1764000009080 } from './1764000009080-config-change.js';
import { ConfigVersion1764000009081 } from './1764000009081-config-version.js';
import { ConfigDraft1764000009082 } from './1764000009082-config-draft.js';
import { ConfigRotation1764000009083 } from './1764000009083-config-rotation.js';
import { ConfigChangeAtCommit1764000009084 } from './1764000009084-config-change-at-commit.js';
import { ChangedRows1764000009085 } from './1764000009085-changed-rows.js';
import { FeatureFlagChange1764000009090 } from './1764000009090-feature-flag-change.js';
import { FeatureFlagEvaluation1764000009091 } from './1764000009091-feature-flag-evaluation.js';
import { FeatureFlagRollout1764000009092 } from './1764000009092-feature-flag-rollout.js';
import { FeatureFlagStreamSecret1764000009093 } from './1764000009093-feature-flag-stream-secret.js';
import { GridNode1764000009100 } from './1764000009100-grid-node.js';
import { ConfigMade1764000009110 } from './1764000009110-config-made.js';
import { MeshVersion1764000009120 } from './1764000009120-mesh-version.js';
import { MeshBreaker1764000009121 } from './1764000009121-mesh-breaker.js';
import { MeshRouteStat1764000009122 } from './1764000009122-mesh-route-stat.js';
import { MeshSpan1764000009130 } from './1764000009130-mesh-span.js';
import { MeshClient1764000009131 } from './1764000009131-mesh-client.js';
import { EntryEmbedding1764000009200 } from './1764000009200-entry-embedding.js';
import { SearchActivity1764000009205 } from './1764000009205-search-activity.js';
import { GraphMetric1764000009210 } from './1764000009210-graph-metric.js';
import { EntryClassification1764000009220 } from './1764000009220-entry-classification.js';
import { ClassificationExample1764000009221 } from './1764000009221-classification-example.js';
import { SequencePositions1764000009300 } from './1764000009300-sequence-positions.js';

/** Every migration, oldest first. A merged one is never edited. */
export const MIGRATIONS = [
  Extensions1764000000100,
  Entry1764000000200,
  EntryCount1764000000300,
  Relationship1764000000400,
  EntryDocument1764000000500,
  Event1764000000600,
  ApiKey1764000001100,
  SigningKey1764000001200,
  IdempotencyKey1764000001300,
  EventNumbering1764000002100,
  EventPartitions1764000002200,
  SearchStatistics1764000003100,
  SearchVocabulary1764000003200,
  SearchSlashes1764000003300,
  Graph1764000004100,
  RelationshipEnds1764000004200,
  ClassificationRule1764000005100,
  JobLease1764000006100,
  RateLimitCounter1764000007100,
  KeyRotation1764000007300,
  AccessRole1764000007310,
  TokenRevocation1764000007320,
  DataKey1764000007400,
  EntrySecret1764000007410,
  EntryRestriction1764000007500,
  Audit1764000008100,
  AuditSeal1764000008110,
  ServiceRole1764000008120,
  GatewayUsage1764000008200,
  LeakedKey1764000008300,
  EntryLogs1764000009010,
  EntryMetrics1764000009011,
  EntryConfig1764000009012,
  ProbeState1764000009020,
  HealthMarks1764000009021,
  Operation1764000009030,
  HostFacts1764000009040,
  ServiceInstance1764000009050,
  Workload1764000009060,
  EngineAutoscaling1764000009061,
  RegistryDefault1764000009070,
  RegistrySyncRequest1764000009071,
  ConfigChange1764000009080,
  ConfigVersion1764000009081,
  ConfigDraft1764000009082,
  ConfigRotation1764000009083,
  ConfigChangeAtCommit1764000009084,
  ChangedRows1764000009085,
  FeatureFlagChange1764000009090,
  FeatureFlagEvaluation1764000009091,
  FeatureFlagRollout1764000009092,
  FeatureFlagStreamSecret1764000009093,
  GridNode1764000009100,
  ConfigMade1764000009110,
  MeshVersion1764000009120,
  MeshBreaker1764000009121,
  MeshRouteStat1764000009122,
  MeshSpan1764000009130,
  MeshClient1764000009131,
  EntryEmbedding1764000009200,
  SearchActivity1764000009205,
  GraphMetric1764000009210,
  EntryClassification1764000009220,
  ClassificationExample1764000009221,
  SequencePositions1764000009300,
];
