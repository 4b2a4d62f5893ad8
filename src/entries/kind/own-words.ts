import { InvalidError } from '../../platform/errors/registry-error.js';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

/**
 * Runs what may refuse a spec, and tells of it in the words of the kind's own path: its fields stand at the top level
 * there. What is wrong with the spec as a whole, its size, is told of the largest field.
 */
export async function inOwnWords<T>(own: readonly string[], body: object, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof InvalidError) || !error.errors) throw error;
    const values = new Map(Object.entries(body).filter(([name]) => own.includes(name)));
    const [largest = 'body'] = [...values.keys()].toSorted((a, b) => bytesOf(values.get(b)) - bytesOf(values.get(a)));
    const errors = error.errors.map(({ field, message }) => ({
      field: field === 'spec' ? largest : field.replace(/^spec\./, ''),
      message,
    }));
    throw new InvalidError(error.message.replace(/^spec\./, ''), errors, error.code);
  }
}
