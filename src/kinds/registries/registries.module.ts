import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { RegistryHierarchyController } from './registry-hierarchy.controller.js';
import { RegistryMembersController } from './registry-members.controller.js';
import { RegistryMembersService } from './registry-members.service.js';
import { RegistrySettingsController } from './registry-settings.controller.js';
import { RegistrySettingsService } from './registry-settings.service.js';
import { RegistryTreeController } from './registry-tree.controller.js';
import { RegistryTreeRepository } from './registry-tree.repository.js';
import { RegistryHooks } from './registry.hooks.js';
import { registryKind } from './registry.kind.js';
import { SyncRequestRepository } from './sync-request.repository.js';

/** Routes with fixed words stand before `:id`. */
@Module({
  controllers: [
    RegistryHierarchyController,
    ...kindControllers(registryKind),
    RegistryTreeController,
    RegistryMembersController,
    RegistrySettingsController,
  ],
  providers: [
    RegistryHooks,
    RegistryMembersService,
    RegistrySettingsService,
    RegistryTreeRepository,
    SyncRequestRepository,
  ],
})
export class RegistriesModule {
  constructor(catalog: KindCatalog) {
    catalog.add(registryKind);
  }
}
