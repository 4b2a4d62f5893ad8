import { Module } from '@nestjs/common';
import { EntriesModule } from '../entries/entries.module.js';
import { CentralityRepository } from './analysis/centrality.repository.js';
import { CentralityService } from './analysis/centrality.service.js';
import { CommunitiesRepository } from './analysis/communities.repository.js';
import { CommunitiesService } from './analysis/communities.service.js';
import { ComponentsService } from './analysis/components.service.js';
import { GraphDesk } from './analysis/graph-desk.js';
import { GraphRunRepository } from './analysis/graph-run.repository.js';
import { GraphThread } from './analysis/graph-thread.js';
import { StoredGraphRepository } from './analysis/stored-graph.repository.js';
import { StoredGraphs } from './analysis/stored-graphs.js';
import { AlternativesRepository } from './alternatives.repository.js';
import { ClosureService } from './closure.service.js';
import { ConstraintsRepository } from './constraints.repository.js';
import { CyclesRepository } from './cycles.repository.js';
import { CyclesService } from './cycles.service.js';
import { GraphRepository } from './graph.repository.js';
import { ExportRepository } from './export/export.repository.js';
import { ExportService } from './export/export.service.js';
import { GraphAnalysisController } from './http/graph-analysis.controller.js';
import { GraphController } from './http/graph.controller.js';
import { GraphToolsController } from './http/graph-tools.controller.js';
import { NeighborsRepository } from './neighbors.repository.js';
import { NeighborsService } from './neighbors.service.js';
import { PathService } from './path.service.js';
import { PathsService } from './paths.service.js';
import { SuggestionsRepository } from './suggestions/suggestions.repository.js';
import { SuggestionsService } from './suggestions/suggestions.service.js';
import { WalkService } from './walk.service.js';

/** Questions about how entries hang together. */
@Module({
  imports: [EntriesModule],
  controllers: [GraphController, GraphAnalysisController, GraphToolsController],
  providers: [
    GraphRepository,
    AlternativesRepository,
    ConstraintsRepository,
    NeighborsRepository,
    CyclesRepository,
    WalkService,
    ClosureService,
    NeighborsService,
    PathService,
    CyclesService,
    PathsService,
    ExportRepository,
    ExportService,
    SuggestionsRepository,
    SuggestionsService,
    StoredGraphRepository,
    StoredGraphs,
    GraphThread,
    GraphDesk,
    GraphRunRepository,
    CentralityRepository,
    CentralityService,
    CommunitiesRepository,
    CommunitiesService,
    ComponentsService,
  ],
})
export class GraphModule {}
