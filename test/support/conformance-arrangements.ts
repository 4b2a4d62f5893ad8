import { featureFlagKind } from '../../src/kinds/feature-flags/feature-flag.kind.js';
import { componentKind } from '../../src/kinds/components/component.kind.js';
import { engineKind } from '../../src/kinds/engines/engine.kind.js';
import { pluginKind } from '../../src/kinds/plugins/plugin.kind.js';
import { registryKind } from '../../src/kinds/registries/registry.kind.js';
import { serviceKind } from '../../src/kinds/services/service.kind.js';
import type { Kind } from '../../src/entries/kind/kind.js';
import { RUNTIME_ARRANGEMENTS } from './conformance-runtime.js';
import type { Call, Stage } from './conformance-stage.js';

/** What must be before an operation can succeed: what of the request by the examples is to be another, and why. */
export type Arrangement = (stage: Stage, call: Call, status?: number) => Promise<Partial<Call>> | Partial<Call>;

const body = ({ body: example }: Call): Record<string, unknown> => example as Record<string, unknown>;

/** Name and version are the entry's: the example's are those of another. */
const itsOwn =
  (kind: Kind, more: object = {}): Arrangement =>
  async ({ api, done }, call) => {
    const { name, version } = await done(api.get(`/api/v1/${kind.path}/${call.path.id}`));
    return { body: { ...body(call), name, version, ...more } };
  };

/** A running engine with a workload; leased when it is to be. */
const withWorkload =
  (leased: boolean): Arrangement =>
  async (stage, call) => {
    const id = await stage.entry(engineKind, 'running');
    const path = `/api/v1/engines/${id}/workloads`;
    const made = await stage.done(stage.api.post(path, { task: 'train' }));
    if (!leased) return { path: { id, wid: made.id } };
    const [one] = await stage.done(stage.api.post(`${path}/lease`, { worker: 'w' }));
    return { path: { id, wid: one.id }, body: { ...body(call), lease_token: one.lease_token } };
  };

/** A dead letter is what failed and may not be tried again. */
const deadLetter: Arrangement = async (stage, call) => {
  const arranged = await withWorkload(true)(stage, { ...call, body: {} });
  const { id, wid } = arranged.path!;
  const failed = { ...body(arranged as Call), error: 'no use', retry: false };
  await stage.done(stage.api.post(`/api/v1/engines/${id}/workloads/${wid}/fail`, failed));
  return { path: { id, wid } };
};

/** An operation of a driver that has promised a report. */
const underWay =
  (kind: Kind): Arrangement =>
  async (stage) => {
    const id = await stage.entry(kind, 'created', { driver: { type: 'webhook', url: stage.controller } });
    const { operation } = await stage.done(stage.api.post(`/api/v1/${kind.path}/${id}/install`));
    return { path: { id, oid: operation.id } };
  };

const driven =
  (kind: Kind): Arrangement =>
  async (stage) => ({
    path: { id: await stage.entry(kind, 'created', { driver: { type: 'webhook', url: stage.controller } }) },
  });

const withInstance: Arrangement = async (stage, call) => {
  const instance = await stage.done(
    stage.api.post(`/api/v1/services/${call.path.id}/instances`, { host: '10.0.0.1', port: 8080 }),
  );
  return { path: { ...call.path, instance: instance.id } };
};

/** The same host and port again is the same instance. */
const againAs200: Arrangement = async (stage, call, status) => {
  if (status === 200) await stage.done(stage.api.post(`/api/v1/services/${call.path.id}/instances`, call.body));
  return {};
};

const running: Arrangement = async (stage, _, status) => ({
  path: {
    id: await stage.entry(engineKind, 'running', {
      ...(status === 202 && { driver: { type: 'webhook', url: stage.controller } }),
    }),
  },
});

const host: Arrangement = async (stage) => {
  const name = `${stage.name()}.example.com`;
  await stage.done(stage.api.put('/api/v1/system/facts', { host: name, facts: { python: '3.12.0' } }));
  return { path: { host: name } };
};

/** The example's registry is a project, which only what is below projects may stand in. */
const belowIt = { level: 'environment' };

export const ARRANGEMENTS: Readonly<Record<string, Arrangement>> = {
  ...RUNTIME_ARRANGEMENTS,
  replaceFeatureFlag: itsOwn(featureFlagKind),
  patchFeatureFlag: itsOwn(featureFlagKind),
  replacePlugin: itsOwn(pluginKind),
  patchPlugin: itsOwn(pluginKind),
  replaceService: itsOwn(serviceKind),
  patchService: itsOwn(serviceKind),
  replaceEngine: itsOwn(engineKind),
  patchEngine: itsOwn(engineKind),
  replaceComponent: itsOwn(componentKind),
  patchComponent: itsOwn(componentKind),
  replaceSubRegistry: itsOwn(registryKind, belowIt),
  patchSubRegistry: itsOwn(registryKind, belowIt),
  moveRegistry: async (stage) => ({ path: { id: await stage.entry(registryKind, 'enabled', belowIt) } }),

  removeAiFeedback: async (stage) => {
    const told = { text: `Tells of ${stage.name()}`, category: 'service' };
    return { path: { id: (await stage.done(stage.api.post('/api/v1/ai/feedback', told))).id } };
  },

  leaseWorkloads: running,
  scaleEngine: running,
  getWorkload: withWorkload(false),
  cancelWorkload: withWorkload(false),
  heartbeatWorkload: withWorkload(true),
  completeWorkload: withWorkload(true),
  failWorkload: withWorkload(true),
  retryWorkload: deadLetter,

  getEngineOperation: underWay(engineKind),
  reportEngineOperation: underWay(engineKind),
  getServiceOperation: underWay(serviceKind),
  reportServiceOperation: underWay(serviceKind),
  rotateEngineDriverSecret: driven(engineKind),
  rotateServiceDriverSecret: driven(serviceKind),

  registerServiceInstance: againAs200,
  getServiceInstance: withInstance,
  changeServiceInstance: withInstance,
  beatServiceInstance: withInstance,
  removeServiceInstance: withInstance,
  forgetSystemFacts: host,
};
