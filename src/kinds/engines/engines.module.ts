import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { engineKind } from './engine.kind.js';

@Module({ controllers: [...kindControllers(engineKind)] })
export class EnginesModule {
  constructor(catalog: KindCatalog) {
    catalog.add(engineKind);
  }
}
