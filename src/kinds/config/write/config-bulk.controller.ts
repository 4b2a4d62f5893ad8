import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { ConfigReset, ConfigResetResult } from './config-bulk.dto.js';
import { ConfigResets } from './config-reset.service.js';
import { ConfigTransaction, ConfigTransactionDone } from './config-transaction.dto.js';
import { ConfigTransactions } from './config-transactions.service.js';

@ApiTags('config')
@Permission('write:config')
@Controller('api/v1/config')
export class ConfigBulkController {
  constructor(
    private readonly transactions: ConfigTransactions,
    private readonly resets: ConfigResets,
  ) {}

  @Post('txn')
  @HttpCode(200)
  @Cost(5)
  @ApiOperation({
    operationId: 'runConfigTransaction',
    summary: 'Set, delete and check several values, all or none',
    description:
      'At most 128 operations. 409 `config.transaction_failed` names every operation that found another revision.',
  })
  @ApiOkResponse({ type: ConfigTransactionDone })
  @ApiProblems(400, 409, 413, 415, 422)
  async run(@Body() { operations, comment }: ConfigTransaction): Promise<ConfigTransactionDone> {
    return { results: await this.transactions.run(operations, comment ?? null) };
  }

  @Post('reset')
  @HttpCode(200)
  @Cost(5)
  @ApiOperation({
    operationId: 'resetConfig',
    summary: 'Take values of one scope back to their defaults',
    description:
      'Without a default a global value stays, and that of a nearer scope is removed so that the wider one holds again.',
  })
  @ApiOkResponse({ type: [ConfigResetResult] })
  @ApiProblems(400, 409, 413, 415, 422)
  reset(@Body() body: ConfigReset): Promise<ConfigResetResult[]> {
    return this.resets.run(body);
  }
}
