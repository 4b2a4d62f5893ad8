import { defineKind } from '../../entries/kind/kind.js';
import { EnumField, IntegerField, ObjectField, Shown, TextField } from '../../platform/http/fields.js';

/** From the top down: a child's level is below its parent's. */
export const REGISTRY_LEVELS = ['root', 'domain', 'project', 'environment', 'tenant'] as const;
export const SYNC_MODES = ['pull', 'push', 'bidirectional', 'mirror'] as const;

export class RegistrySpec {
  @EnumField(REGISTRY_LEVELS, { required: true, example: 'project' }) level: (typeof REGISTRY_LEVELS)[number];
  @TextField({
    min: 1,
    max: 300,
    description: 'Id, key or name of the registry above, answered as its id; the same as `registry_id`.',
    example: 'reg_shop',
  })
  parent_id?: string | null;
  @TextField({
    max: 2048,
    description: 'Where another instance answers.',
    example: 'https://registry.shop.example.com',
  })
  url?: string | null;
  @EnumField(SYNC_MODES, { example: 'pull' }) sync_mode?: (typeof SYNC_MODES)[number] | null;
  @IntegerField({ min: 5, max: 2_592_000, description: 'Seconds.', example: 300 }) sync_interval?: number | null;
  @ObjectField({ description: 'Which entries are synchronised.', example: { types: ['service'] } })
  filters?: Record<string, unknown> | null;
}

/** What an answer has beside a registry's own fields. */
export class RegistryParent {
  @Shown('reg_shop', { type: String, nullable: true, description: 'The key of the registry above.' })
  parent_key: string | null;
}

export const registryKind = defineKind({
  name: 'registry',
  title: 'SubRegistry',
  plural: 'SubRegistries',
  path: 'registries',
  prefix: 'reg',
  spec: RegistrySpec,
  answers: RegistryParent,
  filters: ['level'],
  example: { name: 'shop', level: 'project' },
  lifecycle: {
    initial: 'enabled',
    states: ['enabled', 'disabled'],
    transitions: {
      enable: { from: ['disabled'], to: 'enabled', summary: 'Enable a registry' },
      disable: { from: ['enabled'], to: 'disabled', summary: 'Disable a registry' },
    },
  },
});
