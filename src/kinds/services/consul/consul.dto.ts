import { ApiProperty } from '@nestjs/swagger';
import { Shown } from '../../../platform/http/fields.js';

const TEXTS = { type: 'object', additionalProperties: { type: 'string' } } as const;

export class ConsulNode {
  @Shown('10.0.3.17', { description: 'Where the instance runs is all that is known of it.' }) Node: string;
  @Shown('10.0.3.17') Address: string;
  @Shown('dc1') Datacenter: string;
}

export class ConsulService {
  @Shown('checkout-1') ID: string;
  @Shown('checkout') Service: string;
  @Shown(['canary'], { type: [String] }) Tags: string[];
  @Shown('10.0.3.17') Address: string;
  @Shown(8080, { type: 'integer' }) Port: number;
  @ApiProperty({ ...TEXTS, example: { release: '2026.1' } }) Meta: Record<string, string>;
}

export class ConsulCheckAnswer {
  @Shown('10.0.3.17') Node: string;
  @Shown('service:checkout-1') CheckID: string;
  @Shown('passing', { enum: ['passing', 'warning', 'critical'] }) Status: string;
  @Shown('') Output: string;
  @Shown('checkout-1') ServiceID: string;
  @Shown('checkout') ServiceName: string;
}

export class ConsulHealthEntry {
  @ApiProperty({ type: ConsulNode }) Node: ConsulNode;
  @ApiProperty({ type: ConsulService }) Service: ConsulService;
  @ApiProperty({ type: [ConsulCheckAnswer] }) Checks: ConsulCheckAnswer[];
}

export class ConsulCatalogService {
  @Shown('10.0.3.17') Node: string;
  @Shown('10.0.3.17') Address: string;
  @Shown('checkout-1') ServiceID: string;
  @Shown('checkout') ServiceName: string;
  @Shown('10.0.3.17') ServiceAddress: string;
  @Shown(8080, { type: 'integer' }) ServicePort: number;
  @Shown(['canary'], { type: [String] }) ServiceTags: string[];
  @ApiProperty({ ...TEXTS, example: { release: '2026.1' } }) ServiceMeta: Record<string, string>;
}

export class ConsulReport {
  @Shown('passing', { enum: ['passing', 'warning', 'critical'] }) Status: string;
  @Shown('all is well', { description: 'Not kept.' }) Output?: string;
}
