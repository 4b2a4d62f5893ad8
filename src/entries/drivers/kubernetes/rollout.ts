/** What of a Deployment or StatefulSet says how far it has come. */
export interface Workload {
  metadata?: { generation?: number; annotations?: Record<string, string> };
  spec?: { replicas?: number; updateStrategy?: { type?: string } };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
    readyReplicas?: number;
    currentRevision?: string;
    updateRevision?: string;
    conditions?: readonly { type: string; status?: string; reason?: string; message?: string }[];
  };
}

export type Rollout = { state: 'done' | 'waiting' | 'failed'; message: string };

/** Whether the cluster has done what the workload asks, by the rules of `kubectl rollout status`. */
export function rolloutOf(kind: 'deployment' | 'statefulset', { metadata, spec, status = {} }: Workload): Rollout {
  const wanted = spec?.replicas ?? 1;
  const waiting = (message: string): Rollout => ({ state: 'waiting', message });
  if ((status.observedGeneration ?? 0) < (metadata?.generation ?? 0))
    return waiting('The cluster has not looked at the change yet.');
  const stuck = status.conditions?.find(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
  if (stuck) return { state: 'failed', message: `ProgressDeadlineExceeded: ${stuck.message ?? 'no progress'}` };
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = status;
  const byHand = spec?.updateStrategy?.type === 'OnDelete';
  const updated = kind === 'deployment' || !byHand ? updatedReplicas : wanted;
  if (updated < wanted) return waiting(`${updated} of ${wanted} replicas are up to date.`);
  if (replicas > wanted) return waiting(`${replicas - wanted} replicas are still to go.`);
  const ready = kind === 'deployment' ? (status.availableReplicas ?? 0) : readyReplicas;
  if (ready < wanted) return waiting(`${ready} of ${wanted} replicas are ready.`);
  if (kind === 'statefulset' && !byHand && status.currentRevision !== status.updateRevision)
    return waiting('The former revision is still there.');
  return { state: 'done', message: wanted === 1 ? '1 replica is ready.' : `${wanted} replicas are ready.` };
}
