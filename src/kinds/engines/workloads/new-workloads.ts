import { v7 as uuidv7 } from 'uuid';
import { OBJECT_LIMIT } from '../../../entries/entry-draft.js';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import type { FieldError } from '../../../platform/errors/registry-error.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { WorkloadCreate } from './workload.dto.js';
import type { NewWorkload } from './workload.repository.js';

/** Most workloads in one request. */
export const MOST_AT_ONCE = 1000;
const MOST_YEARS = 10;
const MOST_ERRORS = 100;

/**
 * The workloads of a body: one, or an array.
 * @throws InvalidError naming every wrong field, in an array by its place: `3.task`
 */
export function newWorkloads(body: unknown): NewWorkload[] {
  if (!Array.isArray(body)) return [newWorkload(body)];
  if (body.length === 0 || body.length > MOST_AT_ONCE)
    throw InvalidError.field('body', `must hold 1 to ${MOST_AT_ONCE} workloads`);
  const errors: FieldError[] = [];
  const made = body.flatMap((item: unknown, index) => {
    try {
      return [newWorkload(item, String(index))];
    } catch (error) {
      if (!(error instanceof InvalidError)) throw error;
      for (const { field, message } of error.errors ?? [])
        errors.push({ field: field === String(index) ? field : `${index}.${field}`, message });
      return [];
    }
  });
  if (errors.length > 0)
    throw new InvalidError(`${errors.length} fields of the workloads are wrong.`, errors.slice(0, MOST_ERRORS));
  return made;
}

function newWorkload(body: unknown, name = 'body'): NewWorkload {
  const given = validated(WorkloadCreate, body, name);
  const payload = given.payload ?? {};
  assertSmall('payload', payload);
  return {
    uid: uuidv7(),
    task: given.task,
    priority: given.priority ?? 'normal',
    payload,
    gpu: given.requires?.gpu ?? false,
    max_attempts: given.max_attempts ?? 3,
    timeout_seconds: given.timeout_seconds ?? null,
    run_at: given.run_at ? timeOf(given.run_at) : null,
  };
}

export function assertSmall(field: string, value: object): void {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > OBJECT_LIMIT)
    throw InvalidError.field(field, `holds ${bytes} bytes of JSON, more than the limit of ${OBJECT_LIMIT}`);
}

function timeOf(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw InvalidError.field('run_at', 'is no date there is');
  const last = new Date();
  last.setUTCFullYear(last.getUTCFullYear() + MOST_YEARS);
  if (at > last) throw InvalidError.field('run_at', `must be within ${MOST_YEARS} years`);
  // What lies in the past is due now, however far.
  return at.getTime() < 0 ? new Date(0).toISOString() : at.toISOString();
}
