import { ApiPropertyOptional } from '@nestjs/swagger';
import { Shown, TextListField } from '../../../platform/http/fields.js';

export const MOST_URLS = 50;

export class DiscoveryRequest {
  @TextListField({
    required: true,
    most: MOST_URLS,
    max: 2048,
    description: 'Where manifests are, each YAML (several documents, if you like) or JSON.',
    example: ['https://plugins.example.com/fraud-scoring.yaml'],
  })
  urls: string[];
}

export class DiscoveredField {
  @Shown('metadata.version') field: string;
  @Shown('must be a SemVer version such as 1.4.0') message: string;
}

export const DISCOVERY_OUTCOMES = ['registered', 'unchanged', 'invalid'] as const;

export class DiscoveredPlugin {
  @Shown('https://plugins.example.com/fraud-scoring.yaml', { description: '`body`, or the URL it came from.' })
  source: string;
  @Shown(0, { description: 'Place among the documents of its source, from 0.' }) document: number;
  @Shown('registered', { enum: DISCOVERY_OUTCOMES }) outcome: (typeof DISCOVERY_OUTCOMES)[number];
  @ApiPropertyOptional({ type: String, example: 'plugin_fraud-scoring@1.0.0' }) key?: string;
  @ApiPropertyOptional({ type: String, format: 'uuid', example: '0192f0c1-7c3a-7a10-9d5e-0242ac120002' }) id?: string;
  @ApiPropertyOptional({ type: String, example: 'metadata.version must be a SemVer version such as 1.4.0' })
  detail?: string;
  @ApiPropertyOptional({ type: [DiscoveredField] }) errors?: DiscoveredField[];
}

export class DiscoveryReport {
  @Shown(1) registered: number;
  @Shown(0) unchanged: number;
  @Shown(0) invalid: number;
  @ApiPropertyOptional({ type: [DiscoveredPlugin] }) results: DiscoveredPlugin[];
}
