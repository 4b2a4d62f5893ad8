import { usageError } from '../core/errors.js';

export const FORMATS = ['table', 'wide', 'json', 'jsonl', 'yaml', 'csv', 'name'] as const;
export type FormatName = (typeof FORMATS)[number] | 'template';

export interface Format {
  name: FormatName;
  template?: string;
}

/** `-o table|wide|json|jsonl|yaml|csv|name|template=…`. */
export function parseFormat(text: string | undefined): Format {
  if (text === undefined) return { name: 'table' };
  if (text.startsWith('template=')) return { name: 'template', template: text.slice('template='.length) };
  const name = FORMATS.find((format) => format === text);
  if (name) return { name };
  throw usageError(`unknown output format ${JSON.stringify(text)}`, {
    reason: `formats: ${FORMATS.join(', ')}, template='{{field}}'`,
  });
}

/** Read by a program: no prompt, no pager, errors as data. */
export function isMachineFormat(format: Format): boolean {
  return format.name === 'json' || format.name === 'jsonl';
}
