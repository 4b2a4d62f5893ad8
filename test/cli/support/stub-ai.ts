const ID = '0192f0c1-7c3a-7a10-9d5e-0242ac120002';
const MODEL = 'static-en-384@753d53be8bda';
const TOLD = {
  id: ID,
  text: 'Books payments every night',
  category: 'pipeline',
  feature: 'data-engineering',
  actor: ID,
  created_at: '2026-03-01T09:30:00.000Z',
};
const VERDICT = {
  value: 'notification',
  confidence: 0.81,
  method: 'neighbours',
  reason: '9 of the 15 nearest are notification',
  rule: null,
  neighbours: [{ id: ID, key: 'notification_x', title: 'X', similarity: 0.7 }],
  candidates: [{ value: 'notification', confidence: 0.81 }],
};
const ANSWERS: Record<string, unknown> = {
  classify: { category: VERDICT, feature: { ...VERDICT, value: 'observability' }, model: MODEL, calibrated: true },
  embed: { model: MODEL, dimensions: 384, vectors: [[0.1, 0.2]] },
  extract: { entities: [{ type: 'technology', text: 'Kafka', value: 'Kafka', start: 0, end: 5 }], truncated: false },
  summarize: { summary: 'One.', sentences: [{ text: 'One.', start: 0, end: 4, score: 0.7 }], of: 2, model: MODEL },
  tags: { tags: [{ tag: 'kafka', score: 0.8, sources: ['text'], neighbours: 0 }], model: MODEL, neighbours: true },
  status: { provider: 'local', model: MODEL, dimensions: 384, ok: true, detail: null, queue_depth: 0, examples: 1 },
};

/** Answers of the engine; undefined for what is not its own. */
export function aiAnswer(method: string, path: string): unknown {
  const [, call] = /^\/api\/v1\/ai\/(\w+)/.exec(path) ?? [];
  if (call === 'feedback') return method === 'GET' ? [TOLD] : TOLD;
  return call === undefined ? undefined : ANSWERS[call];
}

/** How its commands are called. */
export const AI_CALLS = {
  'ai classify': { args: ['Sends messages to Slack'] },
  'ai extract': { args: ['Kafka and Redis'] },
  'ai summarize': { args: ['One. Two.'] },
  'ai tags': { args: ['Kafka and Redis'] },
  'ai embed': { args: ['payments'] },
  'ai status': { args: [] },
  'ai feedback list': { args: [] },
  'ai feedback add': { args: ['Books payments', '--category', 'pipeline'] },
  'ai feedback delete': { args: [ID, '--yes'] },
};
