import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, ValidateBy } from 'class-validator';
import { defineKind } from '../../entries/kind/kind.js';
import { BooleanField, EnumField, NestedField, NumberField, ObjectField, Shown, TextField } from '../../platform/http/fields.js'; // prettier-ignore
import { SCOPES } from './scope.js';
import type { Scope } from './scope.js';

export const VALUE_TYPES = ['string', 'integer', 'float', 'boolean', 'json', 'secret'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/** Whatever JSON there is: a schema that says nothing. */
const ANY_JSON = [{}];
const MOST_ALLOWED = 256;
const FAR = 1e300;

/** Any JSON but null: what it must be is said by the type beside it. */
const ValueField = (options: { required: boolean; description: string; example: unknown }): PropertyDecorator => {
  const decorators = [
    ApiProperty({ oneOf: ANY_JSON, ...options }),
    ...(options.required ? [] : [IsOptional()]),
    ValidateBy({
      name: 'isConfigValue',
      validator: {
        validate: (value) => value !== undefined && value !== null,
        defaultMessage: () => '$property must be a value',
      },
    }),
  ];
  return (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };
};

/** A value of whatever type in an answer; null where there is none. */
export const ValueShown = (example: unknown, description?: string): PropertyDecorator =>
  ApiProperty({ oneOf: ANY_JSON, example, ...(description && { description }) });

const AllowedField = (): PropertyDecorator => {
  const decorators = [
    ApiProperty({ type: 'array', items: {}, maxItems: MOST_ALLOWED, nullable: true, required: false, example: [5, 10, 20] }), // prettier-ignore
    IsOptional(),
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(MOST_ALLOWED),
  ];
  return (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };
};

/** What a value must fulfil; that of the global value holds in every scope. */
export class ConfigValidation {
  @NumberField({ min: -FAR, max: FAR, description: 'Least number, or least length of a text.', example: 1 })
  min?: number | null;
  @NumberField({ min: -FAR, max: FAR, description: 'Greatest number, or greatest length of a text.', example: 100 })
  max?: number | null;
  @AllowedField() allowed?: unknown[] | null;
  @TextField({ min: 1, max: 1000, trim: false, description: 'RE2 syntax; found anywhere in a text.', example: '^[a-z]+$' }) // prettier-ignore
  pattern?: string | null;
  @ObjectField({ description: 'JSON Schema (draft 2020-12) without references to elsewhere.', example: { type: 'integer' } }) // prettier-ignore
  json_schema?: Record<string, unknown> | null;
}

const VALUE = {
  description:
    'Of its type. Texts may hold `${other.key}`. Of an encrypted one answers show `********`; that mask sent back leaves it.',
  example: 20,
};

/** What a value is and must be. */
export class ConfigDefinition {
  @EnumField(VALUE_TYPES, {
    description: 'The same in all scopes of a key; by the value when left out.',
    example: 'integer',
  })
  type?: ValueType | null;
  @ValueField({ required: false, ...VALUE }) value?: unknown;
  @NestedField(() => ConfigValidation, { example: { min: 1, max: 100 } }) validation?: ConfigValidation | null;
  @ValueField({ required: false, description: 'What a reset goes back to; not of encrypted values.', example: 10 })
  default?: unknown;
  @BooleanField({
    description: 'Stored encrypted, masked without `read:secrets`; always so of type secret.',
    example: false,
  })
  encrypted?: boolean | null;
}

export class ConfigSpec extends OmitType(ConfigDefinition, ['value'] as const) {
  @ValueField({ required: true, ...VALUE }) value: unknown;
  @EnumField(SCOPES, { description: 'Global when left out; fixed once it is made.', example: 'global' })
  scope?: Scope | null;
  @TextField({
    min: 1,
    max: 129,
    description: 'The environment, service or user; `<environment>/<name>` of a service or user in one environment.',
    example: 'production',
  })
  scope_id?: string | null;
}

/** What an answer has beside a value's own fields. */
export class ConfigState {
  @Shown(3, { type: Number, nullable: true, description: 'Number of its newest version in the history of its scope.' })
  current_version: number | null;
}

export const configKind = defineKind({
  name: 'config',
  title: 'Config',
  plural: 'Configs',
  path: 'config',
  prefix: 'cfg',
  spec: ConfigSpec,
  answers: ConfigState,
  filters: ['type', 'scope', 'scope_id'],
  secrets: ['value'],
  secretWhen: { encrypted: true },
  example: { name: 'db.pool.size', type: 'integer', value: 20, validation: { min: 1, max: 100 }, default: 10 },
  lifecycle: { initial: 'active', states: ['active'], transitions: {} },
});
