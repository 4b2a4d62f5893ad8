import { ApiProperty } from '@nestjs/swagger';
import { IsArray, IsOptional } from 'class-validator';
import { EnumField, IntegerField, ObjectField, TextField, TextListField } from '../../../platform/http/fields.js';
import { STATUSES } from '../instances/instance-row.js';

/** A check that whoever runs the service reports to. */
export class ConsulCheckDefinition {
  static readonly FIELDS = ['CheckID', 'Name', 'Notes', 'TTL', 'Status', 'DeregisterCriticalServiceAfter'] as const;

  @TextField({ max: 256, description: '`service:<ID>` when left out.', example: 'checkout-1-alive' }) CheckID?:
    string | null;
  @TextField({ max: 256, example: 'alive' }) Name?: string | null;
  @TextField({ max: 1024, example: 'reported by the service itself' }) Notes?: string | null;
  @TextField({ max: 64, description: 'The only sort of check there is.', example: '15s' }) TTL?: string | null;
  @EnumField(['', ...STATUSES], { description: 'critical when left out.', example: 'passing' }) Status?: string | null;
  @TextField({ max: 64, example: '30m' }) DeregisterCriticalServiceAfter?: string | null;
}

export class ConsulWeights {
  static readonly FIELDS = ['Passing'] as const;

  @IntegerField({ min: 0, max: 65_535, example: 10 }) Passing?: number | null;
}

export class ConsulLocality {
  static readonly FIELDS = ['Zone'] as const;

  @TextField({ max: 128, example: 'eu-central-1a' }) Zone?: string | null;
}

/** What is left out here is passed over. */
export class ConsulRegistration {
  static readonly FIELDS = [
    'Name',
    'ID',
    'Tags',
    'Address',
    'Port',
    'Meta',
    'Weights',
    'Locality',
    'Check',
    'Checks',
    'Kind',
    'Proxy',
    'Connect',
  ] as const;

  @TextField({ required: true, min: 1, max: 128, example: 'checkout' }) Name: string;
  @TextField({ max: 128, description: 'Of the instance; the name when left out.', example: 'checkout-1' }) ID?:
    string | null;
  @TextListField({ most: 50, max: 128, example: ['canary'] }) Tags?: string[] | null;
  @TextField({ max: 253, description: 'The address of whoever registers it when left out.', example: '10.0.3.17' })
  Address?: string | null;
  @IntegerField({ min: 0, max: 65_535, example: 8080 }) Port?: number | null;
  @ObjectField({ description: 'Texts by name.', example: { release: '2026.1' } }) Meta?: Record<string, unknown> | null;
  @ObjectField({ description: '`Passing` is the weight.', example: { Passing: 10 } }) Weights?: Record<
    string,
    unknown
  > | null;
  @ObjectField({ description: '`Zone` is the zone.', example: { Zone: 'eu-central-1a' } }) Locality?: Record<
    string,
    unknown
  > | null;
  @ObjectField({ description: 'One check, by `TTL`.', example: { TTL: '15s', Status: 'passing' } })
  Check?: Record<string, unknown> | null;
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true }, required: false, nullable: true, example: [] }) // prettier-ignore
  @IsOptional()
  @IsArray()
  Checks?: unknown[] | null;
  @TextField({ max: 64, description: 'Services of the mesh are not taken.', example: '' }) Kind?: string | null;
  @ObjectField({ description: 'Not taken.', example: null }) Proxy?: Record<string, unknown> | null;
  @ObjectField({ description: 'Without a sidecar.', example: { Native: false } }) Connect?: Record<
    string,
    unknown
  > | null;
}
