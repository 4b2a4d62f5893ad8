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

export class EngineCapacity {
  @IntegerField({ min: 0, max: 100_000, example: 1 }) min?: number | null;
  @IntegerField({ min: 0, max: 100_000, example: 10 }) max?: number | null;
  @IntegerField({ min: 0, max: 100_000, example: 2 }) current?: number | null;
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
  @IntegerField({ min: 0, max: 1024, description: 'GPUs of one unit.', example: 1 }) gpu_count?: number | null;
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
