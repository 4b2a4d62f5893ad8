import { ValidateBy } from 'class-validator';
import { complaint } from './resolution/constraint-error.js';

/** Each text of a list is one that `parse` takes. */
export const EachReads = (parse: (text: string) => unknown): PropertyDecorator => {
  const wrong = (value: unknown): [at: number, message: string] | undefined => {
    for (const [at, text] of (Array.isArray(value) ? value : []).entries()) {
      const message = typeof text === 'string' ? complaint(parse, text) : 'must be a string';
      if (message) return [at, message];
    }
    return undefined;
  };
  return ValidateBy({
    name: 'eachReads',
    validator: {
      validate: (value) => wrong(value) === undefined,
      defaultMessage: (context) => {
        const [at, message] = wrong(context?.value) ?? [0, 'is wrong'];
        return `$property ${message} (number ${at + 1} of the list)`;
      },
    },
  });
};
