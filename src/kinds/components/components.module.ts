import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { componentKind } from './component.kind.js';

@Module({ controllers: [...kindControllers(componentKind)] })
export class ComponentsModule {
  constructor(catalog: KindCatalog) {
    catalog.add(componentKind);
  }
}
