import { ENTRY } from './stub-entry.js';

const AT = '2026-03-01T09:30:00.000Z';

export const RELATIONSHIP = {
  id: '1042',
  source_id: ENTRY.id,
  target_id: '0192f0c1-7c3a-7a10-9d5e-0242ac120003',
  source_key: ENTRY.key,
  target_key: 'svc_my-api',
  type: 'depends_on',
  weight: 1,
  bidirectional: true,
  metadata: { since: '2026-01' },
  revision: 4,
  created_at: AT,
};
const FEATURE = { id: ENTRY.id, key: 'feature_ai-ml', name: 'ai-ml', entries: 4 };
const RULE = {
  id: '0192f0c1-7c3a-7a10-9d5e-0242ac120009',
  match: 'stripe|adyen',
  feature: 'payments',
  confidence: 0.8,
  priority: 10,
  created_at: AT,
};
const CLASSIFIED = { feature: 'ai-ml', confidence: 0.9, rule: 'neural', candidates: [] };
const CHANGED = {
  type: 'entity_updated',
  revision: 3,
  actor: 'admin_key:a',
  request_id: null,
  at: AT,
  patch: [
    { op: 'replace', path: '/status', value: 'inactive' },
    { op: 'remove', path: '/metadata/tier' },
  ],
};

/** One message of the event stream, as it goes over the wire. */
export function eventText(seq: number, more: object = {}): string {
  const message = { type: 'entity_created', seq, at: AT, actor: 'admin_key:a', entity: ENTRY, ...more };
  return `id: ${seq}\nevent: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`;
}

/** Answers of what keeps the catalog in order; undefined for what is not its. */
export function catalogAnswer(method: string, path: string): unknown {
  if (path.endsWith('/feature-categories')) return method === 'GET' ? [FEATURE] : FEATURE;
  if (path.endsWith('/classification/rules')) return method === 'GET' ? [RULE] : RULE;
  if (path.endsWith('/classification/test')) return CLASSIFIED;
  if (path.endsWith('/history')) return path.includes('/entities/') ? [CHANGED] : undefined;
  if (path.endsWith('/relationships')) return method === 'GET' ? [RELATIONSHIP] : RELATIONSHIP;
  if (/\/relationships\/\w+$/.test(path) && !path.endsWith('/bulk')) return RELATIONSHIP;
  return undefined;
}
