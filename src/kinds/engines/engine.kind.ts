import { ValidateBy } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import { defineKind } from '../../entries/kind/kind.js';
import {
  BooleanField,
  EnumField,
  IntegerField,
  NestedField,
  NumberField,
  TextField,
} from '../../platform/http/fields.js';
import { DriverSettings } from '../driver.dto.js';

export const ENGINE_TYPES = ['processing', 'analytics', 'ai_ml', 'compute', 'storage', 'stream', 'batch'] as const;

/** Most units of one engine. */
export const MOST_UNITS = 100_000;

/** A rule about another field of the same object; one that is not there rules nothing. */
const Beside = (other: string, rule: string, holds: (value: unknown, beside: unknown) => boolean): PropertyDecorator =>
  ValidateBy({
    name: `beside ${other}: ${rule}`,
    validator: {
      validate: (value: unknown, context?: ValidationArguments) => {
        const beside = (context?.object as Record<string, unknown> | undefined)?.[other];
        return beside === null || beside === undefined || holds(value, beside);
      },
      defaultMessage: () => `$property must ${rule}`,
    },
  });

const AtMost = (other: string): PropertyDecorator =>
  Beside(other, `be at most ${other}`, (value, beside) => Number(value) <= Number(beside));
const AtLeast = (other: string): PropertyDecorator =>
  Beside(other, `be at least ${other}`, (value, beside) => Number(value) >= Number(beside));

export class EngineCapacity {
  @IntegerField({ min: 0, max: MOST_UNITS, description: '0 when left out.', example: 1 })
  @AtMost('max')
  min?: number | null;

  @IntegerField({ min: 0, max: MOST_UNITS, description: 'Without a bound when left out.', example: 10 })
  max?: number | null;

  @IntegerField({ min: 0, max: MOST_UNITS, description: '1, or what the bounds allow, when left out.', example: 2 })
  @AtLeast('min')
  @AtMost('max')
  current?: number | null;
}

export class EngineResources {
  @NumberField({ min: 0, max: 100_000, description: 'Cores of one unit.', example: 2 }) cpu?: number | null;
  @TextField({
    max: 32,
    pattern: /^\d{1,15}(\.\d{1,6})?([EPTGMk]i?|m)?$/,
    rule: 'must be a quantity such as 4Gi',
    description: 'Memory of one unit, as Kubernetes writes it.',
    example: '4Gi',
  })
  memory?: string | null;
}

export class EngineSpec {
  @EnumField(ENGINE_TYPES, { example: 'ai_ml', description: 'processing when left out.' })
  type?: (typeof ENGINE_TYPES)[number] | null;
  @NestedField(() => EngineCapacity, { description: 'Units that work, and between which numbers scaling moves.' })
  capacity?: EngineCapacity | null;
  @NestedField(() => EngineResources) resources?: EngineResources | null;
  @BooleanField({ example: true }) gpu_enabled?: boolean | null;
  @IntegerField({ min: 0, max: 1024, description: 'GPUs of one unit.', example: 1 })
  @Beside('gpu_enabled', 'be 0 while gpu_enabled is false', (count, enabled) => enabled !== false || count === 0)
  gpu_count?: number | null;
  @NestedField(() => DriverSettings) driver?: DriverSettings | null;
}

export const engineKind = defineKind({
  name: 'engine',
  title: 'Engine',
  plural: 'Engines',
  path: 'engines',
  prefix: 'engine',
  spec: EngineSpec,
  defaults: { type: 'processing' },
  filters: ['type', 'gpu_enabled'],
  example: {
    name: 'inference',
    type: 'ai_ml',
    capacity: { min: 1, max: 10, current: 2 },
    gpu_enabled: true,
    gpu_count: 1,
  },
  lifecycle: {
    initial: 'created',
    states: ['created', 'installed', 'running', 'stopped', 'failed'],
    transitions: {
      install: { from: ['created', 'failed'], to: 'installed', driven: true, summary: 'Install an engine' },
      start: { from: ['installed', 'stopped', 'failed'], to: 'running', driven: true, summary: 'Start an engine' },
      stop: { from: ['running'], to: 'stopped', driven: true, summary: 'Stop an engine' },
      restart: { from: ['running', 'failed'], to: 'running', driven: true, summary: 'Restart an engine' },
      uninstall: {
        from: ['installed', 'stopped', 'failed'],
        to: 'created',
        driven: true,
        summary: 'Uninstall an engine',
      },
    },
  },
});
