import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { KindId } from '../../entries/kind/http/kind-id.decorator.js';
import { KindEntriesService } from '../../entries/kind/kind-entries.service.js';
import { EntrySecrets } from '../../entries/secrets/entry-secrets.js';
import { NotFoundError } from '../../platform/errors/registry-error.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Shown } from '../../platform/http/fields.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { componentKind } from './component.kind.js';

/** What leads to a component. */
export class ComponentConnection {
  @Shown('postgresql://orders:s3cret@db.example.com:5432/orders') connection_string: string;
}

@ApiTags('components')
@Controller('api/v1/components/:id')
export class ComponentConnectionController {
  constructor(
    private readonly entries: KindEntriesService,
    private readonly secrets: EntrySecrets,
  ) {}

  @Get('connection')
  @Permission('read:secrets')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'getComponentConnection',
    summary: 'Get the connection string of a component in the clear',
    description:
      'Recorded in the audit trail before it is answered. 404 `connection_string.not_found` when it has none.',
  })
  @KindId(componentKind)
  @ApiOkResponse({ type: ComponentConnection })
  @ApiProblems(400, 404)
  async get(@Param('id') id: string): Promise<ComponentConnection> {
    const row = await this.entries.get(componentKind, id);
    const text = await this.secrets.reveal(row, 'connection_string');
    if (text === undefined) throw new NotFoundError('connection string', id, 'connection_string.not_found');
    return { connection_string: text };
  }
}
