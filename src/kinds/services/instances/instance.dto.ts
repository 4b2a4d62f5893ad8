import {
  BooleanField,
  EnumField,
  IntegerField,
  ObjectField,
  Shown,
  TextField,
  TextListField,
} from '../../../platform/http/fields.js';
import { STATUSES } from './instance-row.js';
import type { InstanceStatus } from './instance-row.js';

/** Seconds; what nobody says otherwise. A process that is gone must not be sent requests for long. */
export const DEFAULT_TTL = 30;
export const DEFAULT_DEREGISTER_AFTER = 3600;
const DAY = 86_400;
const MOST_WEIGHT = 65_535;

/** What may be said of an instance again and again. */
class InstanceSettings {
  @TextField({ max: 128, min: 1, description: 'Where it runs, for preferring what is near.', example: 'eu-central-1a' })
  zone?: string | null;

  @IntegerField({
    min: 0,
    max: MOST_WEIGHT,
    description: 'Share of the requests beside its equals; 1 when left out.',
    example: 10,
  })
  weight?: number | null;

  @TextListField({ most: 50, max: 128, example: ['canary'] })
  tags?: string[] | null;

  @ObjectField({ description: 'Anything clients want to know.', example: { release: '2026.1' } })
  metadata?: Record<string, unknown> | null;

  @IntegerField({
    min: 1,
    max: DAY,
    description: `Silent for longer it is left out of discovery: send a heartbeat three times as often. ${DEFAULT_TTL} when left out; null for an instance that sends none.`,
    example: 15,
  })
  ttl_seconds?: number | null;

  @IntegerField({
    min: 1,
    max: 30 * DAY,
    description: `Silent for so much longer it is removed; ${DEFAULT_DEREGISTER_AFTER} when left out.`,
    example: 3600,
  })
  deregister_after_seconds?: number | null;
}

export class ServiceInstanceCreate extends InstanceSettings {
  @TextField({
    max: 128,
    pattern: /^[A-Za-z0-9]([A-Za-z0-9._:-]{0,126}[A-Za-z0-9])?$/,
    rule: 'must be letters, digits and ._:- between them',
    description: "The client's own name for it, unique in its service; made up when left out.",
    example: 'checkout-7f9c-x2x',
  })
  id?: string | null;

  @TextField({
    required: true,
    max: 253,
    pattern: /^[A-Za-z0-9_:]([A-Za-z0-9._:%-]{0,251}[A-Za-z0-9_:.])?$/,
    rule: 'must be a host name or an IP address',
    example: '10.0.3.17',
  })
  host: string;

  @IntegerField({ required: true, min: 1, max: 65_535, example: 8080 })
  port: number;

  @EnumField(STATUSES, { description: 'passing when left out.', example: 'passing' })
  status?: InstanceStatus | null;
}

/** What is left out stays as it is. */
export class ServiceInstanceChange extends InstanceSettings {
  @BooleanField({
    description: 'Wanted state: true takes it out of discovery until false is said; nothing it reports changes that.',
    example: true,
  })
  drain?: boolean | null;
}

export class ServiceHeartbeat {
  @EnumField(STATUSES, { description: 'As before when left out.', example: 'passing' })
  status?: InstanceStatus | null;

  @ObjectField({ description: 'Replaces the metadata; as before when left out.', example: { release: '2026.2' } })
  metadata?: Record<string, unknown> | null;
}

/** What a heartbeat is told. */
export class ServiceHeartbeatAnswer {
  @Shown('checkout-7f9c-x2x') id: string;
  @Shown('passing', { enum: STATUSES }) status: InstanceStatus;
  @Shown(false, { description: 'Wanted to take no new work.' }) drain: boolean;
  @Shown(15, { nullable: true, type: 'integer' }) ttl_seconds: number | null;
}

export class ServiceInstance {
  @Shown('checkout-7f9c-x2x') id: string;
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) service_id: string;
  @Shown('svc_checkout') service: string;
  @Shown('10.0.3.17') host: string;
  @Shown(8080, { type: 'integer' }) port: number;
  @Shown('eu-central-1a', { nullable: true, type: String }) zone: string | null;
  @Shown(10, { type: 'integer' }) weight: number;
  @Shown(['canary'], { type: [String] }) tags: string[];
  @Shown({ release: '2026.1' }, { type: Object }) metadata: Record<string, unknown>;
  @Shown(15, { nullable: true, type: 'integer' }) ttl_seconds: number | null;
  @Shown(3600, { nullable: true, type: 'integer' }) deregister_after_seconds: number | null;
  @Shown('passing', { enum: STATUSES, description: 'As reported; critical when it is silent.' }) status: InstanceStatus;
  @Shown(false, { description: 'Wanted out of discovery, whatever it reports.' }) drain: boolean;
  @Shown(false, { description: 'Silent for longer than its time to live.' }) expired: boolean;
  @Shown(true, { description: 'Neither critical nor silent nor draining.' }) healthy: boolean;
  @Shown('2026-01-31T09:30:00.000Z', { format: 'date-time' }) created_at: string;
  @Shown('2026-01-31T09:30:00.000Z', { format: 'date-time' }) updated_at: string;
}

/** One instance, asked for alone. */
export class ServiceInstanceDetail extends ServiceInstance {
  @Shown('2026-01-31T09:30:05.000Z', {
    nullable: true,
    type: String,
    format: 'date-time',
    description: 'The last one written down.',
  })
  last_heartbeat_at: string | null;
  @Shown('2026-01-31T09:30:20.000Z', {
    nullable: true,
    type: String,
    format: 'date-time',
    description: 'When it is out if it stays silent.',
  })
  expires_at: string | null;
}
