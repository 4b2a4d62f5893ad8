import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Shown } from '../../platform/http/fields.js';

/** What a scanner found, as GitHub's secret scanning reports it. */
export class LeakFinding {
  @ApiProperty({
    example: 'svc_0000000000000000000000000000000000000000000000000',
    description: 'What was found. It becomes a hash at once and is kept nowhere.',
  })
  token: string;
  @ApiProperty({ maxLength: 200, example: 'universal_registry_key', description: 'The pattern that matched.' })
  type: string;
  @ApiPropertyOptional({
    example: 'https://github.com/acme/shop/blob/main/deploy.yaml',
    description: 'Where it was found. Query and fragment are not kept.',
  })
  url?: string;
  @ApiPropertyOptional({ example: 'content', description: 'In what it was found.' }) source?: string;
}

/** Whether a finding was a key of this registry. */
export class LeakFeedback {
  @Shown('n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=', { description: 'SHA-256 of the token, in base64.' })
  token_hash: string;
  @Shown('universal_registry_key') token_type: string;
  @Shown('true_positive', { enum: ['true_positive', 'false_positive'] }) label: 'true_positive' | 'false_positive';
}
