import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { assertFresh, etagOf, ifMatch, ifNoneMatch } from '../../platform/http/etag.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { callerOf } from '../caller.js';
import { Role, RoleCreate, RoleReplace } from './role.dto.js';
import { RolesService } from './roles.service.js';

const RoleName = (): MethodDecorator => ApiParam({ name: 'name', example: 'release-manager' });

@ApiTags('gateway')
@Permission('admin:roles')
@Controller('api/v1/gateway/roles')
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @Get()
  @Permission('read:roles')
  @ApiOperation({ operationId: 'listRoles', summary: 'List the roles, the built-in ones first' })
  @ApiOkResponse({ type: [Role] })
  list(): Promise<Role[]> {
    return this.roles.list();
  }

  @Post()
  @ApiOperation({ operationId: 'createRole', summary: 'Make a role of your own from permissions you hold' })
  @ApiCreatedResponse({ type: Role })
  @ApiProblems(400, 409, 422)
  async create(@Body() body: RoleCreate, @Res({ passthrough: true }) response: Response): Promise<Role> {
    const role = await this.roles.make(body.name, body, callerOf());
    response.setHeader('Location', `/api/v1/gateway/roles/${role.name}`);
    response.setHeader('ETag', etagOf(role.revision));
    return role;
  }

  @Get(':name')
  @Permission('read:roles')
  @RoleName()
  @ApiOperation({ operationId: 'getRole', summary: 'Get a role: what it gives and how many keys hold it' })
  @ApiOkResponse({ type: Role })
  @ApiProblems(404)
  async get(
    @Param('name') name: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Role | undefined> {
    const role = await this.roles.get(name);
    return ifNoneMatch(request, response, role.revision) ? undefined : role;
  }

  @Put(':name')
  @RoleName()
  @ApiOperation({
    operationId: 'replaceRole',
    summary: 'Change what a role gives; in force at once for whoever holds it, everywhere',
  })
  @ApiOkResponse({ type: Role })
  @ApiProblems(400, 404, 409, 412)
  async replace(
    @Param('name') name: string,
    @Body() body: RoleReplace,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Role> {
    const expected = ifMatch(request);
    const role = await this.roles.replace(name, body, callerOf(), ({ revision }) => assertFresh(expected, revision));
    response.setHeader('ETag', etagOf(role.revision));
    return role;
  }

  @Delete(':name')
  @RoleName()
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteRole', summary: 'Delete a role that no key holds' })
  @ApiNoContentResponse({ description: 'Deleted.' })
  @ApiProblems(400, 404, 409, 412)
  async delete(@Param('name') name: string, @Req() request: Request): Promise<void> {
    const expected = ifMatch(request);
    await this.roles.delete(name, ({ revision }) => assertFresh(expected, revision));
  }
}
