import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { DataKeyInfo, DataKeyRotated } from './data-key.dto.js';

@ApiTags('gateway')
@Permission('admin:system')
@Controller('api/v1/gateway/data-keys')
export class DataKeysController {
  constructor(private readonly box: SecretBox) {}

  @Get()
  @ApiOperation({ operationId: 'listDataKeys', summary: 'List the keys that secrets are sealed with, newest first' })
  @ApiOkResponse({ type: [DataKeyInfo] })
  list(): Promise<DataKeyInfo[]> {
    return this.box.dataKeys();
  }

  @Post('rotate')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'rotateDataKey',
    summary: 'Seal secrets with a new key from now on, and move those that are sealed with older ones',
  })
  @ApiOkResponse({ type: DataKeyRotated })
  @ApiProblems(400, 409, 422)
  async rotate(): Promise<DataKeyRotated> {
    return { version: await this.box.rotate() };
  }
}
