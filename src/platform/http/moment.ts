import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';

const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$/;
const EARLIEST = Date.UTC(2000, 0);
const LATEST = Date.UTC(9999, 0);

const isMoment = (value: unknown): boolean => {
  if (typeof value !== 'string' || !DATE_TIME.test(value)) return false;
  const at = Date.parse(value);
  return at >= EARLIEST && at < LATEST;
};

/** An optional moment in a body or query, as RFC 3339 writes it; stays a text that `new Date` takes. */
export const MomentField = (
  options: { description?: string; example?: string; nullable?: boolean } = {},
): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      type: String,
      format: 'date-time',
      required: false,
      example: '2026-03-01T09:30:00.000Z',
      ...options,
    }),
    IsOptional(),
    ValidateBy({
      name: 'isMoment',
      validator: {
        validate: isMoment,
        defaultMessage: () => '$property must be an RFC 3339 date and time between 2000 and 9999',
      },
    }),
  );
