import { Module } from '@nestjs/common';
import { EntriesModule } from '../entries/entries.module.js';
import { AlternativesRepository } from './alternatives.repository.js';
import { ClosureService } from './closure.service.js';
import { CyclesRepository } from './cycles.repository.js';
import { CyclesService } from './cycles.service.js';
import { GraphRepository } from './graph.repository.js';
import { GraphController } from './http/graph.controller.js';
import { NeighborsRepository } from './neighbors.repository.js';
import { NeighborsService } from './neighbors.service.js';
import { PathService } from './path.service.js';
import { WalkService } from './walk.service.js';

/** Questions about how entries hang together. */
@Module({
  imports: [EntriesModule],
  controllers: [GraphController],
  providers: [
    GraphRepository,
    AlternativesRepository,
    NeighborsRepository,
    CyclesRepository,
    WalkService,
    ClosureService,
    NeighborsService,
    PathService,
    CyclesService,
  ],
})
export class GraphModule {}
