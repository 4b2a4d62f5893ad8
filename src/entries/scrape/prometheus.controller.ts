import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { ForbiddenError } from '../../platform/errors/registry-error.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { CREDENTIAL_VERIFIER } from '../../platform/http/credential-verifier.js';
import type { CredentialVerifier } from '../../platform/http/credential-verifier.js';
import { Shown } from '../../platform/http/fields.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { currentRequest } from '../../platform/http/request-context.js';
import { SCRAPED_TYPES, ScrapeTargets } from './scrape-targets.js';
import type { ScrapedType } from './scrape-targets.js';
import { targetGroup } from './target-group.js';

export class PrometheusQuery {
  @ApiPropertyOptional({ enum: SCRAPED_TYPES, default: 'service', example: 'service' })
  @IsIn(SCRAPED_TYPES)
  type: ScrapedType = 'service';
}

export class PrometheusTargetGroup {
  @Shown(['10.0.3.17:8080'], { type: [String] }) targets: string[];
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { __meta_ureg_service: 'checkout', __meta_ureg_status: 'passing' },
  })
  labels: Record<string, string>;
}

@ApiTags('discovery')
@Controller('api/v1/discovery/prometheus')
export class PrometheusController {
  constructor(
    private readonly scraped: ScrapeTargets,
    @Inject(CREDENTIAL_VERIFIER) private readonly credentials: CredentialVerifier,
  ) {}

  @Get()
  @Permission('read:service')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'discoverForPrometheus',
    summary: 'Find targets for the `http_sd_configs` of Prometheus',
    description:
      'Every instance or node the key may see, whatever its state, which `__meta_ureg_*` labels tell. Nodes need `read:grid_node` beside.',
  })
  @ApiOkResponse({ type: [PrometheusTargetGroup] })
  @ApiProblems(400)
  targets(@Query() { type }: PrometheusQuery): PrometheusTargetGroup[] {
    this.assertAllowed(`read:${type}`);
    return Array.from(this.scraped.of(type), targetGroup);
  }

  private assertAllowed(permission: string): void {
    const principal = currentRequest()?.principal;
    if (principal && this.credentials.allows(principal, permission)) return;
    throw new ForbiddenError(`This needs the permission "${permission}".`, { missing: permission });
  }
}
