import { column } from '../output/view.js';
import { numberOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';
import { DRIVERS } from './service.words.js';

const TYPES = ['processing', 'analytics', 'ai_ml', 'compute', 'storage', 'stream', 'batch'] as const;

export const engineWords: KindWords = {
  name: 'engine',
  path: 'engines',
  one: 'an engine',
  summary: 'Run engines, scale them and give them work',
  description: 'An engine is named by its id, its key (engine_inference) or its name (inference).',
  fields: ['type', 'capacity', 'resources', 'gpu_enabled', 'gpu_count', 'driver', 'autoscaling'],
  columns: [
    column('TYPE', 'type'),
    column('UNITS', 'capacity.current', { right: true }),
    column('MIN', 'capacity.min', { right: true, wide: true }),
    column('MAX', 'capacity.max', { right: true, wide: true }),
    column('GPU', 'gpu_count', { right: true }),
    column('DRIVER', 'driver.type', { wide: true }),
  ],
  flags: [
    { flags: '--type <type>', field: 'type', summary: `${TYPES.join(', ')} (default processing)`, common: true },
    {
      flags: '--min <n>',
      field: 'capacity.min',
      summary: 'units that always work',
      common: true,
      read: numberOf,
    },
    { flags: '--max <n>', field: 'capacity.max', summary: 'units at most', common: true, read: numberOf },
    { flags: '--capacity <n>', field: 'capacity.current', summary: 'units that work now', read: numberOf },
    { flags: '--cpu <cores>', field: 'resources.cpu', summary: 'cores of one unit', common: true, read: numberOf },
    { flags: '--memory <quantity>', field: 'resources.memory', summary: 'memory of one unit, e.g. 4Gi', common: true },
    { flags: '--gpu', field: 'gpu_enabled', summary: 'it has GPUs', common: true },
    { flags: '--gpu-count <n>', field: 'gpu_count', summary: 'GPUs of one unit', read: numberOf },
    { flags: '--driver <driver>', field: 'driver.type', summary: `how start and stop reach it: ${DRIVERS.join(', ')}` },
  ],
  filters: [
    { flags: '--type <type>', summary: TYPES.join(', '), common: true },
    { flags: '--gpu-enabled <yes>', summary: 'true or false', choices: ['true', 'false'] },
  ],
  verbs: [
    { name: 'install', summary: 'Install an engine', next: 'start' },
    { name: 'start', summary: 'Start an engine' },
    { name: 'restart', summary: 'Restart an engine' },
    { name: 'stop', summary: 'Stop an engine' },
    { name: 'uninstall', summary: 'Uninstall an engine' },
  ],
  driven: true,
  sample: {
    id: 'engine_inference',
    create: 'engine create inference --type ai_ml --min 1 --max 10 --memory 4Gi --gpu --gpu-count 1',
    update: 'engine update engine_inference --max 20 --owner ml',
  },
};
