import { Module } from '@nestjs/common';
import { MeshExports } from './exports/mesh-exports.js';
import { MeshExportsController } from './exports/mesh-exports.controller.js';
import { RouteSets } from './exports/route-sets.js';
import { MeshModule } from './mesh.module.js';

/** The mesh as a control plane: its routes in the languages of other proxies, as files and live. */
@Module({
  imports: [MeshModule],
  controllers: [MeshExportsController],
  providers: [MeshExports, RouteSets],
})
export class ControlPlaneModule {}
