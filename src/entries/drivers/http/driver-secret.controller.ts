import { Controller, Header, Param, Post } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { EmptyBody } from '../../../platform/http/empty-body.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { SealedAnswer } from '../../../platform/http/sealed-answer.decorator.js';
import type { Kind } from '../../kind/kind.js';
import { named } from '../../kind/kind-classes.js';
import { KindId } from '../../kind/http/kind-id.decorator.js';
import { DriverSecrets } from '../driver-secrets.js';
import { DriverSecretMade } from './operation.dto.js';

/** How the operator of a controller is told what its calls are signed with. */
export function driverSecretController(kind: Kind): Type {
  const { title, name, path } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}/:id/driver`)
  class DriverSecretController {
    constructor(private readonly secrets: DriverSecrets) {}

    @Post('secret')
    @EmptyBody()
    @SealedAnswer()
    @Header('Cache-Control', 'no-store')
    @Permission(`write:${name}`)
    @ApiOperation({
      operationId: `rotate${title}DriverSecret`,
      summary:
        'Make the secret that calls of its webhook driver are signed with; the answer is the only one that shows it',
      description: 'Calls are signed with the former secret as well, for a day.',
    })
    @KindId(kind)
    @ApiCreatedResponse({ type: DriverSecretMade })
    @ApiProblems(400, 404, 409, 413, 415, 422)
    rotate(@Param('id') id: string): Promise<DriverSecretMade> {
      return this.secrets.rotate(kind, id);
    }
  }
  return named(`${title}DriverSecretController`, DriverSecretController);
}
