import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsOptional, ValidateBy } from 'class-validator';
import { NumberField } from '../../../platform/http/fields.js';

const ANY_JSON = [
  { type: 'boolean' },
  { type: 'string' },
  { type: 'number' },
  { type: 'object', additionalProperties: true },
  { type: 'array', items: {} },
];

/** A value of any type that JSON has; `null` stands for none. */
export const JsonField = (options: {
  description?: string;
  example: unknown;
  required?: boolean;
}): PropertyDecorator => {
  const { required = false, ...shown } = options;
  const shownType = { anyOf: ANY_JSON as never, required, ...(!required && { nullable: true }), ...shown };
  const rule = ValidateBy({
    name: 'isJson',
    validator: {
      validate: (value: unknown) => value !== undefined && value !== null,
      defaultMessage: () => '$property must be a value',
    },
  });
  return applyDecorators(ApiProperty(shownType), ...(required ? [] : [IsOptional()]), rule);
};

/** Texts, numbers and booleans to compare with. */
export const ScalarsField = (options: { description?: string; example: unknown[]; most: number }): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      type: 'array',
      items: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
      required: false,
      nullable: true,
      maxItems: options.most,
      description: options.description,
      example: options.example,
    }),
    IsOptional(),
    IsArray(),
    ArrayMaxSize(options.most),
    ValidateBy(
      {
        name: 'isScalar',
        validator: {
          validate: (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value),
          defaultMessage: () => 'each value in $property must be a text, a number or a boolean',
        },
      },
      { each: true },
    ),
  );

const hasTwoDecimals = (value: unknown): boolean =>
  typeof value === 'number' && Math.abs(Math.round(value * 100) - value * 100) < 1e-6;

/** 0 to 100 with two decimals: buckets are hundredths of a percent. */
export const PercentageField = (options: {
  description?: string;
  example?: number;
  required?: boolean;
}): PropertyDecorator =>
  applyDecorators(
    NumberField({ min: 0, max: 100, example: 12.5, ...options }),
    ValidateBy({
      name: 'hasTwoDecimals',
      validator: { validate: hasTwoDecimals, defaultMessage: () => '$property must have at most two decimals' },
    }),
  );
