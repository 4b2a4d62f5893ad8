import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { serviceKind } from './service.kind.js';

@Module({ controllers: [...kindControllers(serviceKind)] })
export class ServicesModule {
  constructor(catalog: KindCatalog) {
    catalog.add(serviceKind);
  }
}
