import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ImpossibleError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { HostFactsRepository, MOST_HOSTS } from './host-facts.repository.js';
import type { HostFactsRow } from './host-facts.repository.js';
import { SystemFacts, SystemFactsReport } from './system-facts.dto.js';

const shown = ({ host, facts, reported_at }: HostFactsRow): SystemFacts => ({
  host,
  facts,
  reported_at: reported_at.toISOString(),
});

/** What hosts say they offer; system requirements of plugins are held against it. */
@ApiTags('plugins')
@Controller('api/v1/system/facts')
export class SystemFactsController {
  constructor(private readonly hosts: HostFactsRepository) {}

  @Get()
  @Permission('read:system')
  @ApiOperation({ operationId: 'listSystemFacts', summary: 'List what each host said it offers, by host' })
  @ApiOkResponse({ type: [SystemFacts] })
  async list(): Promise<SystemFacts[]> {
    return (await this.hosts.list()).map(shown);
  }

  @Put()
  @Permission('write:system')
  @ApiOperation({ operationId: 'reportSystemFacts', summary: 'Report what a host offers, in place of its last report' })
  @ApiOkResponse({ type: SystemFacts })
  @ApiProblems(400, 413, 415, 422)
  async report(@Body() { host, facts }: SystemFactsReport): Promise<SystemFacts> {
    const saved = await this.hosts.save(host, facts);
    if (saved) return shown(saved);
    throw new ImpossibleError('system.too_many_hosts', `There are ${MOST_HOSTS} hosts, as many as there may be.`);
  }

  @Delete(':host')
  @HttpCode(204)
  @Permission('write:system')
  @ApiParam({ name: 'host', example: 'gpu-1.example.com' })
  @ApiOperation({ operationId: 'forgetSystemFacts', summary: 'Forget a host and what it said' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404)
  async forget(@Param('host') host: string): Promise<void> {
    if (!(await this.hosts.remove(host.toLowerCase()))) throw new NotFoundError('host', host);
  }
}
