import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Cost } from '../../platform/http/cost.decorator.js';
import { NDJSON, wantsNdjson } from '../../platform/http/ndjson.js';
import { sendPage } from '../../platform/http/paging.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { ClosureService } from '../closure.service.js';
import { CyclesService } from '../cycles.service.js';
import type { Cycle } from '../cycles.service.js';
import { NeighborsService } from '../neighbors.service.js';
import type { NeighborsAnswer } from '../neighbors.service.js';
import { PathService } from '../path.service.js';
import type { PathAnswer } from '../path.service.js';
import { PathsService } from '../paths.service.js';
import type { PathsAnswer } from '../paths.service.js';
import { WalkService } from '../walk.service.js';
import {
  CycleAnswer,
  Dependencies,
  Graph,
  GraphLine,
  Impact,
  NeighborAnswer,
  Neighbors,
  Path,
  Paths,
} from './graph-answer.dto.js';
import { ClosureQuery, CyclesQuery, NeighborsQuery, PathQuery, PathsQuery, WalkQuery } from './graph-query.dto.js';
import { sendClosure, sendWalk } from './graph-stream.js';
import { given } from './given.js';

const EntryId = (): MethodDecorator =>
  ApiParam({
    name: 'id',
    description: 'Id or key; a key without @version means the newest version.',
    example: 'svc_checkout',
  });

/** An answer that is one JSON object, or lines for clients that accept NDJSON. */
const Streamed = (type: typeof Graph | typeof Dependencies | typeof Impact): MethodDecorator =>
  ApiOkResponse({
    description: `One object, or with \`Accept: ${NDJSON}\` lines of \`kind\` root, node, edge and, last, summary.`,
    content: {
      'application/json': { schema: { $ref: getSchemaPath(type) } },
      [NDJSON]: { schema: { $ref: getSchemaPath(GraphLine) } },
    },
  });

@ApiTags('graph')
@ApiExtraModels(Graph, Dependencies, Impact, GraphLine, NeighborAnswer)
@Controller('api/v1/graph')
@Permission('read:graph')
export class GraphController {
  constructor(
    private readonly walks: WalkService,
    private readonly closures: ClosureService,
    private readonly neighbours: NeighborsService,
    private readonly paths: PathService,
    private readonly circles: CyclesService,
    private readonly ways: PathsService,
  ) {}

  @Get()
  @Cost(5)
  @ApiOperation({ operationId: 'walkGraph', summary: 'Walk from an entry along its relationships' })
  @Streamed(Graph)
  @ApiProblems(400, 404)
  async walk(@Query() query: WalkQuery, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { root_id, include, ...rest } = query;
    const constraints = include === 'constraints';
    const answer = await this.walks.walk({ root: given('root_id', root_id), constraints, ...rest });
    if (wantsNdjson(request)) await sendWalk(response, answer);
    else response.json(answer);
  }

  @Get('dependencies/:id')
  @Cost(5)
  @ApiOperation({ operationId: 'listDependencies', summary: 'List everything an entry needs, transitively' })
  @EntryId()
  @Streamed(Dependencies)
  @ApiProblems(400, 404)
  async dependencies(
    @Param('id') id: string,
    @Query() query: ClosureQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await sendClosure(request, response, await this.closures.dependencies({ root: id, ...query }));
  }

  @Get('impact/:id')
  @Cost(5)
  @ApiOperation({ operationId: 'listImpact', summary: 'List everything that breaks if an entry fails, transitively' })
  @EntryId()
  @Streamed(Impact)
  @ApiProblems(400, 404)
  async impact(
    @Param('id') id: string,
    @Query() query: ClosureQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await sendClosure(request, response, await this.closures.impact({ root: id, ...query }));
  }

  @Get('neighbors/:id')
  @ApiOperation({
    operationId: 'listNeighbors',
    summary: 'List what an entry is directly related to, by relationship type',
  })
  @EntryId()
  @ApiOkResponse({ type: Neighbors })
  @ApiProblems(400, 404)
  neighbors(@Param('id') id: string, @Query() query: NeighborsQuery): Promise<NeighborsAnswer> {
    return this.neighbours.of({ id, ...query });
  }

  @Get('path')
  @Cost(5)
  @ApiOperation({ operationId: 'findPath', summary: 'Find the shortest or lightest path from one entry to another' })
  @ApiOkResponse({ type: Path })
  @ApiProblems(400, 404, 422)
  path(@Query() query: PathQuery): Promise<PathAnswer> {
    const [source, target] = [given('source', query.source), given('target', query.target)];
    return this.paths.between({ ...query, source, target, weighted: query.weighted === 'true' });
  }

  @Get('paths')
  @Cost(5)
  @ApiOperation({ operationId: 'listPaths', summary: 'List the paths from one entry to another, shorter ones first' })
  @ApiOkResponse({ type: Paths })
  @ApiProblems(400, 404)
  allPaths(@Query() { max_depth: depth, ...query }: PathsQuery): Promise<PathsAnswer> {
    const [source, target] = [given('source', query.source), given('target', query.target)];
    return this.ways.between({ ...query, source, target, depth });
  }

  @Get('cycles')
  @Cost(5)
  @ApiOperation({ operationId: 'listCycles', summary: 'List the sets of entries that need one another, largest first' })
  @ApiOkResponse({ type: [CycleAnswer] })
  @ApiProblems(400, 422)
  async cycles(
    @Query() query: CyclesQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Cycle[]> {
    const { types, limit, offset = 0 } = query;
    const { cycles, total } = await this.circles.list({ types, limit, offset });
    const more = offset + cycles.length < total;
    return sendPage(request, response, {
      rows: cycles,
      ...(more && { nextOffset: offset + limit }),
      ...(query.count && { total }),
    });
  }
}
