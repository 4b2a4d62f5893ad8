import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { pluginKind } from './plugin.kind.js';

@Module({ controllers: [...kindControllers(pluginKind)] })
export class PluginsModule {
  constructor(catalog: KindCatalog) {
    catalog.add(pluginKind);
  }
}
