import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { registryKind } from './registry.kind.js';

@Module({ controllers: [...kindControllers(registryKind)] })
export class RegistriesModule {
  constructor(catalog: KindCatalog) {
    catalog.add(registryKind);
  }
}
