import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { ObjectField, Shown, TextField } from '../../../platform/http/fields.js';
import type { Facts } from './host-facts.repository.js';

const MOST_FACTS = 500;
const NAME = /^[a-z0-9]([a-z0-9._+/-]{0,126}[a-z0-9+])?$/;

/** Versions by name; `true` where there is nothing but that it is there. */
const FactsOnly = (): PropertyDecorator =>
  ValidateBy({
    name: 'facts',
    validator: {
      validate: (value) => complaintAbout(value) === undefined,
      defaultMessage: (context) => `$property ${complaintAbout(context?.value) ?? 'are wrong'}`,
    },
  });

function complaintAbout(value: unknown): string | undefined {
  const facts = Object.entries(value ?? {});
  if (facts.length > MOST_FACTS) return `are ${facts.length}, more than the limit of ${MOST_FACTS}`;
  for (const [name, fact] of facts) {
    if (!NAME.test(name))
      return `must have names of at most 128 of a-z 0-9 . _ + / -, not ${JSON.stringify(name.slice(0, 50))}`;
    const good =
      typeof fact === 'string' ? fact.length > 0 && fact.length <= 128 : ['number', 'boolean'].includes(typeof fact);
    if (!good) return `must be versions (1 to 128 characters), numbers or true and false; ${name} is not`;
  }
  return undefined;
}

export class SystemFactsReport {
  @TextField({ required: true, min: 1, max: 253, lowerCase: true, example: 'gpu-1.example.com' })
  host: string;

  @ObjectField({
    required: true,
    description: 'What the host offers, by name in lower case. Replaces what it said before.',
    example: { python: '3.11.2', cuda: '12.1', docker: true },
  })
  @FactsOnly()
  facts: Facts;
}

export class SystemFacts {
  @Shown('gpu-1.example.com') host: string;
  @ApiProperty({ type: Object, additionalProperties: true, example: { python: '3.11.2', cuda: '12.1', docker: true } })
  facts: Facts;
  @Shown('2026-01-01T12:00:00.000Z', { format: 'date-time' }) reported_at: string;
}
