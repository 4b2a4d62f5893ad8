import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { ComponentConnectionController } from './component-connection.controller.js';
import { ComponentHooks } from './component.hooks.js';
import { componentKind } from './component.kind.js';

@Module({
  controllers: [...kindControllers(componentKind), ComponentConnectionController],
  providers: [ComponentHooks],
})
export class ComponentsModule {
  constructor(catalog: KindCatalog) {
    catalog.add(componentKind);
  }
}
