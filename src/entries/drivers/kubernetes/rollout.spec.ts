import { rolloutOf } from './rollout.js';

const metadata = { generation: 4 };
const full = { observedGeneration: 4, replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2 };
const deployment = (status: object, replicas = 2) => rolloutOf('deployment', { metadata, spec: { replicas }, status });
const statefulset = (status: object, spec = {}) =>
  rolloutOf('statefulset', { metadata, spec: { replicas: 2, ...spec }, status });

describe('a rollout', () => {
  it('is done when every replica is new and ready, and none is over', () => {
    expect(deployment(full)).toEqual({ state: 'done', message: '2 replicas are ready.' });
    expect(statefulset(full)).toMatchObject({ state: 'done' });
    expect(deployment({ observedGeneration: 4 }, 0)).toMatchObject({ state: 'done' });
  });

  it('waits for the cluster to look, for new replicas, for old ones to go and for all to be ready', () => {
    for (const status of [
      { ...full, observedGeneration: 3 },
      { ...full, updatedReplicas: 1 },
      { ...full, replicas: 3 },
      { ...full, availableReplicas: 1 },
    ])
      expect(deployment(status)).toMatchObject({ state: 'waiting' });
    expect(deployment({ ...full, replicas: 1 }, 0)).toMatchObject({ state: 'waiting' });
    expect(statefulset({ ...full, readyReplicas: 1 })).toMatchObject({ state: 'waiting' });
    expect(statefulset({ ...full, currentRevision: 'a', updateRevision: 'b' })).toMatchObject({ state: 'waiting' });
  });

  it('does not wait for what is replaced by hand', () => {
    const status = { ...full, updatedReplicas: 0, currentRevision: 'a', updateRevision: 'b' };
    expect(statefulset(status, { updateStrategy: { type: 'OnDelete' } })).toMatchObject({ state: 'done' });
  });

  it('has failed when the cluster gives it up', () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'stuck' }];
    expect(deployment({ ...full, conditions })).toEqual({
      state: 'failed',
      message: 'ProgressDeadlineExceeded: stuck',
    });
  });
});
