import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { callerOf } from './caller.js';
import { PermissionInfo, WhoAmI } from './gateway.dto.js';
import { Authenticated } from './route-requirement.js';
import { RouteInventory } from './route-inventory.js';

@ApiTags('gateway')
@Authenticated()
@Controller('api/v1/gateway')
export class GatewayController {
  constructor(private readonly inventory: RouteInventory) {}

  @Get('whoami')
  @ApiOperation({ operationId: 'whoami', summary: 'Say whose credential this is and what it may do' })
  @ApiOkResponse({ type: WhoAmI })
  whoami(): WhoAmI {
    const { id, type, name, permissions, roles, expiresAt, credential } = callerOf();
    return {
      id,
      type,
      name,
      credential,
      permissions: [...permissions],
      roles: [...roles],
      expires_at: expiresAt ?? null,
    };
  }

  @Get('permissions')
  @ApiOperation({ operationId: 'listPermissions', summary: 'List every permission and the routes it opens' })
  @ApiOkResponse({ type: [PermissionInfo] })
  permissions(): PermissionInfo[] {
    return this.inventory.permissions();
  }
}
