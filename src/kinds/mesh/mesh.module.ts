import { Module } from '@nestjs/common';
import { kindControllers } from '../../entries/kind/http/kind-controllers.js';
import { KindCatalog } from '../../entries/kind/kind-catalog.js';
import { meshRouteKind } from './mesh-route.kind.js';
import { TracesModule } from './traces/traces.module.js';

/** The service mesh. Routes with fixed words stand before `:id`. */
@Module({
  imports: [TracesModule],
  controllers: [...kindControllers(meshRouteKind)],
  providers: [],
})
export class MeshModule {
  constructor(catalog: KindCatalog) {
    catalog.add(meshRouteKind);
  }
}
