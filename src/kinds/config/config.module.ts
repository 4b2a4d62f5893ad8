import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { kindChangeController } from '../../entries/kind/http/kind-change.controller.js';
import { kindReadController } from '../../entries/kind/http/kind-read.controller.js';
import { kindRegisterController } from '../../entries/kind/http/kind-register.controller.js';
import { kindTransferController } from '../../entries/kind/http/kind-transfer.controller.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { ConsulRoots } from '../consul/consul-roots.js';
import { ConfigHooks } from './config.hooks.js';
import { configKind } from './config.kind.js';
import { ConfigRepository } from './config.repository.js';
import { ConsulKvController } from './consul/consul-kv.controller.js';
import { ConsulKv } from './consul/consul-kv.js';
import { ConsulKvWriter } from './consul/consul-kv-writer.js';
import { ConfigDraftRepository } from './drafts/config-draft.repository.js';
import { ConfigDraftsController } from './drafts/config-drafts.controller.js';
import { ConfigDrafts } from './drafts/config-drafts.service.js';
import { ConfigReadController } from './read/config-read.controller.js';
import { ConfigReader } from './read/config-reader.js';
import { ConfigResolver } from './read/config-resolver.js';
import { KeyRotation } from './rotation/key-rotation.js';
import { ConfigRotationController } from './rotation/rotation.controller.js';
import { RotationRepository } from './rotation/rotation.repository.js';
import { ConfigFeed } from './snapshot/config-feed.js';
import { ConfigSnapshot } from './snapshot/config-snapshot.js';
import { ConfigSnapshotRepository } from './snapshot/config-snapshot.repository.js';
import { SpringConfigController } from './spring/spring-config.controller.js';
import { SpringConfig } from './spring/spring-config.service.js';
import { ConfigTransferController } from './transfer/config-transfer.controller.js';
import { ConfigTransfer } from './transfer/config-transfer.service.js';
import { ConfigHistory } from './versions/config-history.js';
import { ConfigVersionRepository } from './versions/config-version.repository.js';
import { ConfigVersionsController } from './versions/config-versions.controller.js';
import { ConfigVersions } from './versions/config-versions.service.js';
import { ConfigWatchController } from './watch/config-watch.controller.js';
import { ConfigWatch } from './watch/config-watch.service.js';
import { ConfigWatches } from './watch/config-watches.js';
import { ConfigBulkController } from './write/config-bulk.controller.js';
import { ConfigResets } from './write/config-reset.service.js';
import { ConfigTargets } from './write/config-targets.js';
import { ConfigTurns } from './write/config-turns.js';
import { ConfigTransactions } from './write/config-transactions.service.js';
import { ConfigWriteController } from './write/config-write.controller.js';
import { ConfigWriter } from './write/config-writer.js';

/**
 * A key has a value in each of several scopes, which reading, writing and transfer mind: those routes are its own. Having
 * no transitions, it has no lifecycle routes either.
 */
const OWN = [kindReadController, kindRegisterController, kindChangeController, kindTransferController];

/** Configuration. Routes with fixed words stand before `:id`. */
@Module({
  controllers: [
    ConfigWatchController,
    ConfigRotationController,
    ConfigTransferController,
    ConfigBulkController,
    ConfigDraftsController,
    ...kindControllers(configKind, OWN),
    ConfigReadController,
    ConfigVersionsController,
    ConfigWriteController,
    SpringConfigController,
    ConsulKvController,
  ],
  providers: [
    ConfigDraftRepository,
    ConfigDrafts,
    ConfigFeed,
    ConfigHistory,
    ConfigHooks,
    ConfigReader,
    ConfigRepository,
    ConfigResets,
    ConfigResolver,
    ConfigSnapshot,
    ConfigSnapshotRepository,
    ConfigTargets,
    ConfigTransactions,
    ConfigTransfer,
    ConfigTurns,
    ConfigVersionRepository,
    ConfigVersions,
    ConfigWatch,
    ConfigWatches,
    ConfigWriter,
    ConsulKv,
    ConsulKvWriter,
    ConsulRoots,
    KeyRotation,
    RotationRepository,
    SpringConfig,
  ],
})
export class ConfigModule {
  constructor(catalog: KindCatalog) {
    catalog.add(configKind);
  }
}
