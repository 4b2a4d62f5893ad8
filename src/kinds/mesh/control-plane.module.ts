import { Module } from '@nestjs/common';
import { MeshExports } from './exports/mesh-exports.js';
import { MeshExportsController } from './exports/mesh-exports.controller.js';
import { RouteSets } from './exports/route-sets.js';
import { ClusterRegistration } from './kubernetes/cluster-registration.js';
import { MeshModule } from './mesh.module.js';
import { AdsServer } from './xds/ads/ads-server.js';
import { MeshClientRepository } from './xds/clients/mesh-client.repository.js';
import { MeshClients } from './xds/clients/mesh-clients.js';
import { MeshClientsController } from './xds/clients/mesh-clients.controller.js';
import { DiscoveryController } from './xds/rest/discovery.controller.js';
import { XdsCatalog } from './xds/xds-catalog.js';

/** The mesh as a control plane: its routes in the languages of other proxies, as files and live. */
@Module({
  imports: [MeshModule],
  controllers: [DiscoveryController, MeshClientsController, MeshExportsController],
  providers: [AdsServer, ClusterRegistration, MeshClientRepository, MeshClients, MeshExports, RouteSets, XdsCatalog],
})
export class ControlPlaneModule {}
