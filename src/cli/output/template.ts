import { usageError } from '../core/errors.js';
import { cellText, fieldOf } from './fields.js';

/** `template='{{key}}\t{{metadata.section}}\n'` → a function of one row. `\n` and `\t` may be written as such. */
export function compileTemplate(text: string, known: readonly string[]): (row: unknown) => string {
  const parts = text
    .replace(/\\([nt\\])/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? '\\')
    .split(/(\{\{.*?\}\})/s);
  const steps = parts.map((part) => {
    const match = /^\{\{\s*\.?([\w.@-]+)\s*\}\}$/.exec(part);
    if (!match) {
      if (part.includes('{{'))
        throw usageError(`template: cannot read ${JSON.stringify(part)}`, { reason: 'write {{field}}' });
      return () => part;
    }
    const path = match[1] ?? '';
    const first = path.split('.')[0] ?? '';
    if (!known.includes(first)) {
      throw usageError(`template: unknown field ${JSON.stringify(path)}`, { reason: `fields: ${known.join(', ')}` });
    }
    return (row: unknown) => cellText(fieldOf(row, path));
  });
  return (row) => steps.map((step) => step(row)).join('');
}
