import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { ClassificationService } from '../classification/classification.service.js';
import type { ClassificationRuleRow } from '../classification/classification-rule.repository.js';
import {
  ClassificationRule,
  ClassificationRuleCreate,
  ClassificationTest,
  ClassificationTestResult,
} from './feature.dto.js';

const toResponse = ({ created_at, ...rule }: ClassificationRuleRow): ClassificationRule => ({
  ...rule,
  created_at: created_at.toISOString(),
});

@ApiTags('classification')
@Controller('api/v1/classification')
export class ClassificationController {
  constructor(private readonly classification: ClassificationService) {}

  @Get('rules')
  @Permission('read:classification')
  @ApiOperation({
    operationId: 'listClassificationRules',
    summary: 'List the classification rules in the order they are tried',
  })
  @ApiOkResponse({ type: [ClassificationRule] })
  async rules(): Promise<ClassificationRule[]> {
    return (await this.classification.list()).map(toResponse);
  }

  @Post('rules')
  @Permission('write:classification')
  @ApiOperation({ operationId: 'addClassificationRule', summary: 'Add a classification rule' })
  @ApiCreatedResponse({ type: ClassificationRule })
  @ApiProblems(400, 409, 413, 415, 422)
  async add(@Body() body: ClassificationRuleCreate): Promise<ClassificationRule> {
    return toResponse(await this.classification.add(body));
  }

  @Delete('rules/:id')
  @HttpCode(204)
  @Permission('write:classification')
  @ApiOperation({ operationId: 'removeClassificationRule', summary: 'Remove a classification rule' })
  @ApiParam({ name: 'id', format: 'uuid', example: '0192f0c1-7c3a-7a10-9d5e-0242ac120002' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404)
  async remove(@Param('id') id: string): Promise<void> {
    await this.classification.remove(id);
  }

  @Post('test')
  @HttpCode(200)
  @Permission('read:classification')
  @ApiOperation({
    operationId: 'testClassification',
    summary: 'Say how an entry of this name, title and tags would be classified',
  })
  @ApiOkResponse({ type: ClassificationTestResult })
  @ApiProblems(400, 413, 415)
  test(@Body() body: ClassificationTest): Promise<ClassificationTestResult> {
    return this.classification.test(body);
  }
}
