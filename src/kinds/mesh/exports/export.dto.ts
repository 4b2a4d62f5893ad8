import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { WholeNumber } from '../../../platform/http/paging.js';

export const EXPORT_FORMATS = ['istio', 'gateway-api', 'envoy', 'haproxy', 'caddy'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DNS_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const GATEWAY = /^[a-z0-9]([a-z0-9./-]{0,125}[a-z0-9])?$/;
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]{2,45}\])$/i;

export class ExportQuery {
  @ApiProperty({ enum: EXPORT_FORMATS, example: 'haproxy' })
  @IsIn(EXPORT_FORMATS)
  format: ExportFormat;

  @ApiPropertyOptional({ default: '0.0.0.0', description: 'On which the proxy listens: envoy, haproxy, caddy.', pattern: ADDRESS.source, example: '0.0.0.0' }) // prettier-ignore
  @Matches(ADDRESS, { message: 'address must be an IPv4 address, or one of IPv6 in brackets' })
  address: string = '0.0.0.0';

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 65_535, default: 8080, description: 'On which it listens for HTTP.', example: 8080 }) // prettier-ignore
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(65_535)
  port: number = 8080;

  @ApiPropertyOptional({ default: 'default', description: 'Of the cluster: istio, gateway-api.', pattern: DNS_LABEL.source, example: 'shop' }) // prettier-ignore
  @Matches(DNS_LABEL, { message: 'namespace must be a name of lower-case letters, digits and hyphens' })
  namespace: string = 'default';

  @ApiPropertyOptional({ default: 'ureg.internal', description: 'Under which services of the catalog are known to Istio.', pattern: DNS_NAME.source, example: 'ureg.internal' }) // prettier-ignore
  @Matches(DNS_NAME, { message: 'domain must be a DNS name' })
  domain: string = 'ureg.internal';

  @ApiPropertyOptional({ description: 'Name of the Gateway that takes the requests: of gateway-api `mesh` when left out, of istio the sidecars.', pattern: GATEWAY.source, example: 'public' }) // prettier-ignore
  @IsOptional()
  @Matches(GATEWAY, { message: 'gateway must be the name of a Gateway' })
  gateway?: string;

  @ApiPropertyOptional({ enum: ['standard', 'experimental'], default: 'standard', description: 'Of the Gateway API: experimental has retries and TCP.', example: 'standard' }) // prettier-ignore
  @IsIn(['standard', 'experimental'])
  channel: 'standard' | 'experimental' = 'standard';
}
