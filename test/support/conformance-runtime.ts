import { configKind } from '../../src/kinds/config/config.kind.js';
import { featureFlagKind } from '../../src/kinds/feature-flags/feature-flag.kind.js';
import type { Arrangement } from './conformance-arrangements.js';
import type { Call, Stage } from './conformance-stage.js';

const FEATURES = '/api/v1/features';
const CONFIG = '/api/v1/config';

const fields = ({ body }: Call): Record<string, unknown> => body as Record<string, unknown>;

/** A segment of its own. */
const segment: Arrangement = async (stage) => {
  const key = stage.name();
  const clause = { attribute: 'email', operator: 'ends_with', values: ['@example.com'] };
  await stage.done(stage.api.post(`${FEATURES}/segments`, { key, clause }));
  return { path: { key } };
};

const named: Arrangement = (stage, call) => ({ body: { ...fields(call), key: stage.name() } });

/** A flag that was changed twice, so that there is something to go back to. */
const changed: Arrangement = async (stage) => {
  const id = await stage.entry(featureFlagKind);
  for (const title of ['once', 'twice', 'again']) await stage.done(stage.api.patch(`${FEATURES}/${id}`, { title }));
  return { path: { id }, body: { revision: 2 } };
};

const paused: Arrangement = async (stage, call) => {
  const id = await stage.entry(featureFlagKind);
  await stage.done(stage.api.post(`${FEATURES}/${id}/pause`, call.body));
  return { path: { id } };
};

/** A value with three versions. */
async function versions(stage: Stage): Promise<string> {
  const id = await stage.entry(configKind);
  for (const value of [30, 40]) await stage.done(stage.api.patch(`${CONFIG}/${id}`, { value }));
  return id;
}

const drafted: Arrangement = async (stage) => {
  const id = await stage.entry(configKind);
  await stage.done(stage.api.put(`${CONFIG}/${id}/draft`, { type: 'integer', value: 30 }));
  return { path: { id } };
};

const newKey: Arrangement = (stage, _, status) => (status === 201 ? { path: { id: stage.name() } } : {});

export const RUNTIME_ARRANGEMENTS: Readonly<Record<string, Arrangement>> = {
  createFlagSegment: named,
  getFlagSegment: segment,
  replaceFlagSegment: segment,
  deleteFlagSegment: segment,
  getFlagSegmentUsage: segment,
  revertFeatureFlag: changed,
  resumeFeatureFlag: paused,

  replaceConfig: newKey,
  diffConfigVersions: async (stage) => ({ path: { id: await versions(stage) }, query: 'from=1&to=2' }),
  rollbackConfig: async (stage) => ({ path: { id: await versions(stage) } }),
  getConfigVersion: async (stage) => ({ path: { id: await versions(stage), version: '2' } }),
  getConfigDraft: drafted,
  discardConfigDraft: drafted,
  runConfigTransaction: (stage) => ({
    body: { operations: [{ op: 'set', key: stage.name(), type: 'integer', value: 20 }], comment: 'more room' },
  }),
};

/** Parameters that say nothing alone: they name a place together, or two ends. */
export const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  getConfig: ['scope', 'scope_id'],
  getConfigDraft: ['scope', 'scope_id'],
  getConfigVersion: ['scope', 'scope_id'],
  listConfigVersions: ['scope', 'scope_id'],
  diffConfigVersions: ['from', 'to', 'environment', 'service', 'user', 'scope', 'scope_id'],
  getFeatureFlagCounts: ['from', 'to'],
  // Of another tool's document only.
  importFeatureFlags: ['dry_run'],
};
