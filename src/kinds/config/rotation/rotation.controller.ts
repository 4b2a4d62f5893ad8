import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Shown } from '../../../platform/http/fields.js';
import { EmptyBody } from '../../../platform/http/empty-body.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { KeyRotation } from './key-rotation.js';
import type { RotationRow } from './rotation.repository.js';

export class ConfigRotation {
  @Shown('running', { enum: ['none', 'running', 'done'] }) state: string;
  @Shown(3, { type: Number, nullable: true, description: 'Version of the data key that values are moved to.' })
  key_version: number | null;
  @Shown(1200, { description: 'Sealed values that were under older keys: present ones, versions and drafts.' })
  total: number;
  @Shown(400) done: number;
  @Shown(0, { description: 'Could not be opened and stay as they are; the log says which.' }) failed: number;
  @Shown(33) percent: number;
  @Shown('admin_key:0192f0c1-7c3a-7a10-9d5e-0242ac120002', { type: String, nullable: true })
  requested_by: string | null;
  @Shown('2026-05-01T12:00:00.000Z', { format: 'date-time', nullable: true, type: String }) started_at: string | null;
  @Shown(null, { format: 'date-time', nullable: true, type: String }) finished_at: string | null;
}

const NONE: ConfigRotation = {
  state: 'none', key_version: null, total: 0, done: 0, failed: 0, percent: 100, requested_by: null, started_at: null, finished_at: null,
}; // prettier-ignore

function toAnswer(row: RotationRow | undefined): ConfigRotation {
  if (!row) return NONE;
  const { key_version, total, done, failed, actor, started_at: started, finished_at: finished } = row;
  const share = total === 0 ? 1 : Math.min(1, (done + failed) / total);
  return {
    state: finished ? 'done' : 'running',
    key_version,
    total,
    done,
    failed,
    percent: finished ? 100 : Math.min(99, Math.floor(share * 100)),
    requested_by: actor,
    started_at: started.toISOString(),
    finished_at: finished?.toISOString() ?? null,
  };
}

@ApiTags('config')
@Permission('admin:system')
@Controller('api/v1/config/rotate-keys')
export class ConfigRotationController {
  constructor(private readonly rotation: KeyRotation) {}

  @Post()
  @EmptyBody()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'rotateConfigKeys',
    summary: 'Seal values with a new data key, and move those under older ones while everything goes on',
    description: 'A job moves them; a restart takes it up where it was. 409 `config.rotation_running` meanwhile.',
  })
  @ApiAcceptedResponse({ type: ConfigRotation })
  @ApiProblems(400, 409, 413, 415, 422)
  async begin(): Promise<ConfigRotation> {
    return toAnswer(await this.rotation.begin());
  }

  @Get()
  @ApiOperation({ operationId: 'getConfigRotation', summary: 'How far the last rotation of keys is' })
  @ApiOkResponse({ type: ConfigRotation })
  @ApiProblems()
  async get(): Promise<ConfigRotation> {
    return toAnswer(await this.rotation.latest());
  }
}
