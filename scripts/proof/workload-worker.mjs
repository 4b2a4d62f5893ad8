// One worker of `prove:workloads`: leases, works, reports, until it is killed. What it does stands in a journal, a line a
// step, written before the step counts: `start` and `end` of the work by a clock that all processes of a machine share.
import { openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const { SERVICE_URL, SERVICE_KEY, ENGINE_PATH, WORKER_NAME, JOURNAL } = process.env;
const COUNT = 20;
const LEASE_SECONDS = 5;
/** What was not begun by then is left to others: the answer itself may have been on its way for long. */
const BEGIN_WITHIN_MS = 2000;

const journal = openSync(JOURNAL, 'a');
const write = (line) => writeSync(journal, `${JSON.stringify(line)}\n`);
const clock = () => Number(process.hrtime.bigint() / 1000n);

async function post(path, body) {
  const response = await fetch(`${SERVICE_URL}${ENGINE_PATH}/workloads/${path}`, {
    method: 'POST',
    headers: { 'x-api-key': SERVICE_KEY, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status >= 500) throw new Error(`${path}: ${response.status} ${text}`);
  return { status: response.status, body: JSON.parse(text) };
}

async function run({ id, lease_token, payload, attempts, priority, started_at }) {
  write({ step: 'start', id, attempts, priority, leased_at: started_at, at: clock() });
  await pause(Math.random() * 3);
  write({ step: 'end', id, attempts, at: clock() });
  // Is not heard of again, as one that hangs.
  if (payload.behaviour === 'hang') return;
  const [verb, said] = payload.behaviour === 'fail' ? ['fail', { error: 'as it was told' }] : ['complete', {}];
  const { status } = await post(`${id}/${verb}`, { lease_token, ...said });
  write({ step: verb, id, attempts, status });
}

for (;;) {
  const asked = performance.now();
  const { status, body } = await post('lease', { worker: WORKER_NAME, count: COUNT, lease_seconds: LEASE_SECONDS });
  if (status !== 200) throw new Error(JSON.stringify(body));
  write({ step: 'leased', count: body.length });
  if (body.length === 0) await pause(200);
  const timely = body.filter(() => performance.now() - asked < BEGIN_WITHIN_MS);
  await Promise.all(timely.map(run));
}
