import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { HealthView } from '../../health/health-view.js';
import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import { EntryHealth, EntryHealthQuery, EntryHealthReport } from './health.dto.js';
import { KindId } from './kind-id.decorator.js';

/** The health of entries of one kind: what was observed, and reports from outside. */
export function healthController(kind: Kind): Type {
  const { one, title, name, path } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}/:id/health`)
  class KindHealthController {
    constructor(private readonly view: HealthView) {}

    @Get()
    @Permission(`read:${name}`)
    @ApiOperation({ operationId: `get${title}Health`, summary: `Get the health of ${one}, and its last results` })
    @KindId(kind)
    @ApiOkResponse({ type: EntryHealth })
    @ApiProblems(400, 404)
    get(@Param('id') id: string, @Query() query: EntryHealthQuery): Promise<EntryHealth> {
      return this.view.get(kind, id, query.limit, query.check === 'true');
    }

    @Post()
    @HttpCode(200)
    @Permission(`write:${name}`)
    @ApiOperation({ operationId: `report${title}Health`, summary: `Report the health of ${one} from outside` })
    @KindId(kind)
    @ApiOkResponse({ type: EntryHealth })
    @ApiProblems(400, 404, 409, 413, 415, 422)
    report(@Param('id') id: string, @Body() report: EntryHealthReport): Promise<EntryHealth> {
      return this.view.report(kind, id, report);
    }
  }
  return named(`${title}HealthController`, KindHealthController);
}
