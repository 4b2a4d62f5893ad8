import { Controller, Post, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { BodyOf } from '../../entries/kind/http/body-of.decorator.js';
import { KindPages } from '../../entries/kind/http/kind-pages.js';
import { KindEntriesService } from '../../entries/kind/kind-entries.service.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { serviceKind } from './service.kind.js';

const { classes, example } = serviceKind;

@ApiTags('services')
@Controller('api/v1/services/register')
export class ServicesRegisterController {
  constructor(
    private readonly entries: KindEntriesService,
    private readonly pages: KindPages,
  ) {}

  @Post()
  @Permission('write:service')
  @ApiOperation({ operationId: 'registerService', summary: 'Register a service: the same as POST /api/v1/services' })
  @ApiBody({ type: classes.create, examples: { typical: { value: example } } })
  @ApiCreatedResponse({ type: classes.read })
  @ApiProblems(400, 409, 413, 415, 422)
  async register(
    @BodyOf(classes.create) body: object,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const row = await this.entries.register(serviceKind, body);
    response.setHeader('Location', `/api/v1/services/${row.uid}`);
    return this.pages.answer(serviceKind, row, response);
  }
}
