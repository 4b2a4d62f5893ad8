import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { kindRegisterController } from '../../entries/kind/http/kind-register.controller.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { PluginDiscoveryController } from './discovery/plugin-discovery.controller.js';
import { PluginDiscovery } from './discovery/plugin-discovery.js';
import { HostFactsRepository } from './facts/host-facts.repository.js';
import { SystemFactsController } from './facts/system-facts.controller.js';
import { PluginDetailController } from './http/plugin-detail.controller.js';
import { PluginRegisterController } from './http/plugin-register.controller.js';
import { Cascade } from './lifecycle/cascade.js';
import { PluginActivation } from './lifecycle/plugin-activation.js';
import { PluginDeprecation } from './lifecycle/plugin-deprecation.js';
import { PluginInstallation } from './lifecycle/plugin-installation.js';
import { PluginLinkRepository } from './lifecycle/plugin-link.repository.js';
import { PluginLinks } from './lifecycle/plugin-links.js';
import { MeshView } from './mesh/mesh-view.js';
import { PluginMesh } from './mesh/plugin-mesh.js';
import { Planner } from './plan/planner.js';
import { PluginReleaseRepository } from './plan/plugin-release.repository.js';
import { PluginHooks } from './plugin-hooks.js';
import { pluginKind } from './plugin.kind.js';

@Module({
  controllers: [
    PluginDiscoveryController,
    PluginRegisterController,
    PluginDetailController,
    SystemFactsController,
    ...kindControllers(pluginKind, [kindRegisterController]),
  ],
  providers: [
    Cascade,
    HostFactsRepository,
    MeshView,
    Planner,
    PluginActivation,
    PluginDeprecation,
    PluginDiscovery,
    PluginHooks,
    PluginInstallation,
    PluginLinkRepository,
    PluginLinks,
    PluginMesh,
    PluginReleaseRepository,
  ],
})
export class PluginsModule {
  constructor(catalog: KindCatalog) {
    catalog.add(pluginKind);
  }
}
