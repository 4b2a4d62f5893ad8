import { age } from '../output/time.js';
import { column, type View } from '../output/view.js';

/** A task in the queue of an engine. */
export interface Workload extends Record<string, unknown> {
  id: string;
  task: string;
  status: string;
}

export const workloadView: View<Workload> = {
  fields: [
    'id',
    'engine_id',
    'task',
    'priority',
    'status',
    'payload',
    'requires',
    'attempts',
    'max_attempts',
    'timeout_seconds',
    'run_at',
    'worker',
    'lease_until',
    'lease_token',
    'started_at',
    'result',
    'cause',
    'error',
    'created_at',
    'finished_at',
  ],
  columns: [
    column('ID', 'id'),
    column('TASK', 'task'),
    column('PRIORITY', 'priority'),
    column('STATUS', 'status', { state: true }),
    { title: 'TRIES', value: (one) => `${String(one.attempts ?? 0)}/${String(one.max_attempts ?? '-')}`, right: true },
    column('WORKER', 'worker'),
    { title: 'AGE', value: (one) => age(one.created_at), right: true },
    column('RUN AT', 'run_at', { wide: true }),
    column('ERROR', 'error', { wide: true }),
  ],
  name: (workload) => workload.id,
};

/** With what proves that the worker holds it. */
export const leasedView: View<Workload> = {
  ...workloadView,
  columns: [
    column('ID', 'id'),
    column('TASK', 'task'),
    column('PRIORITY', 'priority'),
    column('UNTIL', 'lease_until'),
    column('TOKEN', 'lease_token'),
    column('PAYLOAD', 'payload'),
  ],
};
