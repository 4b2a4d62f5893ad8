import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { Entry } from '../../entries/http/entry.dto.js';
import { Relationship } from '../../entries/http/relationship.dto.js';

/** Why a health changed. */
export class HealthCauseMessage {
  @ApiProperty({
    enum: ['report', 'probe', 'ttl', 'update', 'dependency', 'relationship', 'removal'],
    example: 'dependency',
    description:
      'Its own health came by a report, a probe, a report that was not renewed or an update; what it needs changed its health, was related or not any more, or was removed.',
  })
  type: string;

  @ApiPropertyOptional({ example: 'HTTP 503', description: 'What was observed.' })
  message?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'What it needs and that changed, unless that is restricted.' })
  entity_id?: string;

  @ApiPropertyOptional({ example: 'svc_ledger' })
  entity_key?: string;
}

/** One change, as it comes by poll, stream and WebSocket. */
export class EventMessage {
  @ApiProperty({ example: 'entity_created', description: 'What happened.' })
  type: string;

  @ApiProperty({ type: 'integer', example: 1235, description: 'Rising by one with every message, without gaps.' })
  seq: number;

  @ApiProperty({ type: 'string', format: 'date-time', example: '2026-01-31T09:30:00.000Z' })
  at: string;

  @ApiProperty({ example: 'api_key:0192f0c1-7c3a-7a10-9d5e-0242ac120002', description: 'Who did it.' })
  actor: string;

  @ApiPropertyOptional({ type: Entry, description: 'The entity after the change; before it when it was deleted.' })
  entity?: Entry;

  @ApiPropertyOptional({ type: Relationship })
  relationship?: Relationship;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [{ op: 'replace', path: '/status', value: 'deprecated' }],
    description: 'JSON Patch (RFC 6902) of an update.',
  })
  patch?: object[];

  @ApiPropertyOptional({ type: String, example: 'start', description: 'Of a `transition`: what was done.' })
  verb?: string;

  @ApiPropertyOptional({
    type: String,
    example: 'installed',
    description: 'Of `health_changed` and `transition` what it was.',
  })
  from?: string;

  @ApiPropertyOptional({
    type: String,
    example: 'running',
    description: 'Of `health_changed` and `transition` what it is now.',
  })
  to?: string;

  @ApiPropertyOptional({
    type: 'integer',
    example: 2,
    description: 'Of `config_changed`: the revision of the settings.',
  })
  config_revision?: number;

  @ApiPropertyOptional({ type: HealthCauseMessage, description: 'Of health_changed.' })
  cause?: HealthCauseMessage;
}

/** The feed's answer, as JSON and as a stream. */
export const eventAnswers = {
  description: 'Messages in the order of `seq`; empty when there is nothing new.',
  headers: {
    Link: { description: 'Where to go on; always there.', schema: { type: 'string' } },
    'X-Next-Since': {
      description: 'Position up to which was looked, filtered-out messages counted.',
      schema: { type: 'string' },
    },
  },
  content: {
    'application/json': { schema: { type: 'array', items: { $ref: getSchemaPath(EventMessage) } } },
    'text/event-stream': {
      schema: { type: 'string' },
      example: 'retry: 2000\n\nid: 1235\nevent: entity_created\ndata: {"type":"entity_created","seq":1235}\n\n',
    },
  },
} as const;
