import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { Type as Constructor } from '@nestjs/common';
import { Transform, Type as TypeOf } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';

/** Fields of request bodies: what the pipe checks and what OpenAPI shows, said once. All are optional unless `required`. */
interface FieldOptions {
  required?: boolean;
  description?: string;
  example?: unknown;
}

type Given = { value: unknown };
const trimmed = ({ value }: Given): unknown => (typeof value === 'string' ? value.trim() : value);
const lowered = ({ value }: Given): unknown => (typeof value === 'string' ? value.trim().toLowerCase() : value);

const presence = (options: FieldOptions): PropertyDecorator[] => (options.required ? [] : [IsOptional()]);
/** An optional field takes `null` for "none", in creates as in merge patches. */
const shown = (options: FieldOptions): object => ({
  required: options.required ?? false,
  ...(!options.required && { nullable: true }),
  ...(options.description && { description: options.description }),
  ...(options.example !== undefined && { example: options.example }),
});

interface TextOptions extends FieldOptions {
  min?: number;
  max: number;
  /** Kept as written when false; trimmed otherwise. */
  trim?: boolean;
  lowerCase?: boolean;
  pattern?: RegExp;
  /** What the pattern asks, after the field's name: `must …`. */
  rule?: string;
}

export const TextField = (options: TextOptions): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      type: String,
      ...shown(options),
      minLength: options.min,
      maxLength: options.max,
      ...(options.pattern && { pattern: options.pattern.source }),
    }),
    ...(options.lowerCase ? [Transform(lowered)] : options.trim === false ? [] : [Transform(trimmed)]),
    ...presence(options),
    IsString(),
    Length(options.min ?? 0, options.max),
    ...(options.pattern ? [Matches(options.pattern, { message: `$property ${options.rule}` })] : []),
  );

/** One of a few words, in any case. */
export const EnumField = (values: readonly string[], options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, enum: values, ...shown(options) }),
    Transform(lowered),
    ...presence(options),
    IsIn(values),
  );

/** A list of short texts. */
export const TextListField = (options: FieldOptions & { most: number; max: number }): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: [String], ...shown(options), maxItems: options.most }),
    ...presence(options),
    IsArray(),
    ArrayMaxSize(options.most),
    IsString({ each: true }),
    Length(1, options.max, { each: true }),
  );

/** Bounds the JSON of a value, in bytes. */
const MostBytes = (most: number): PropertyDecorator =>
  ValidateBy({
    name: 'mostBytes',
    validator: {
      validate: (value) => Buffer.byteLength(JSON.stringify(value) ?? '') <= most,
      defaultMessage: () => `$property holds more JSON than the limit of ${most} bytes`,
    },
  });

/** A free-form object. */
export const ObjectField = ({ mostBytes, ...options }: FieldOptions & { mostBytes?: number } = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: Object, additionalProperties: true, ...shown(options) }),
    ...presence(options),
    IsObject(),
    ...(mostBytes === undefined ? [] : [MostBytes(mostBytes)]),
  );

/** What PostgreSQL's four-byte `real` refuses: a number so near zero that nothing of it would be left. */
const FitsReal = (): PropertyDecorator =>
  ValidateBy({
    name: 'fitsReal',
    validator: {
      validate: (value) => value === 0 || Math.fround(value as number) !== 0,
      defaultMessage: () => '$property must be 0 or at least 1e-44 away from it',
    },
  });

export const NumberField = (options: FieldOptions & { min: number; max: number }): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: Number, ...shown(options), minimum: options.min, maximum: options.max }),
    ...presence(options),
    IsNumber({ allowNaN: false, allowInfinity: false }),
    Min(options.min),
    Max(options.max),
    FitsReal(),
  );

export const BooleanField = (options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(ApiProperty({ type: Boolean, ...shown(options) }), ...presence(options), IsBoolean());

/** A property of an answer: documented, never validated. */
export const Shown = (
  example: unknown,
  options: { description?: string; nullable?: boolean; type?: unknown; enum?: readonly string[]; format?: string } = {},
): PropertyDecorator => ApiProperty({ example, ...options } as Parameters<typeof ApiProperty>[0]);

export const IntegerField = (options: FieldOptions & { min: number; max: number }): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: 'integer', ...shown(options), minimum: options.min, maximum: options.max }),
    ...presence(options),
    IsInt(),
    Min(options.min),
    Max(options.max),
  );

/** An object with fields of its own. */
export const NestedField = (type: () => Constructor<object>, options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    // Swagger knows a class told later by the name of the function that tells it: `type`.
    ApiProperty({ type: () => type(), ...shown(options) }),
    ...presence(options),
    IsObject(),
    ValidateNested(),
    TypeOf(type),
  );

/** A list of objects with fields of their own. */
export const NestedListField = (
  type: () => Constructor<object>,
  options: FieldOptions & { most: number },
): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: () => type(), isArray: true, ...shown(options), maxItems: options.most }),
    ...presence(options),
    IsArray(),
    ArrayMaxSize(options.most),
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    TypeOf(type),
  );
