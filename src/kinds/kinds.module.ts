import { Module } from '@nestjs/common';
import { ComponentsModule } from './components/components.module.js';
import { ConfigModule } from './config/config.module.js';
import { EnginesModule } from './engines/engines.module.js';
import { FeatureFlagsModule } from './feature-flags/feature-flags.module.js';
import { GridModule } from './grid/grid.module.js';
import { ControlPlaneModule } from './mesh/control-plane.module.js';
import { MeshModule } from './mesh/mesh.module.js';
import { PluginsModule } from './plugins/plugins.module.js';
import { RegistriesModule } from './registries/registries.module.js';
import { ServicesModule } from './services/services.module.js';

/** The component kinds. One more is a kind file, a module and a line here. */
@Module({
  imports: [
    PluginsModule,
    ServicesModule,
    EnginesModule,
    ComponentsModule,
    RegistriesModule,
    FeatureFlagsModule,
    ConfigModule,
    GridModule,
    MeshModule,
    ControlPlaneModule,
  ],
})
export class KindsModule {}
