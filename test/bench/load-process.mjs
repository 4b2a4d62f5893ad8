// Load on a server, from a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const LOAD = fileURLToPath(new URL('load.mjs', import.meta.url));

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Throughput and percentiles of so many seconds; throws when an answer was an error. */
export async function load(url, question, { seconds, headers = {} }) {
  const child = fork(LOAD);
  child.send({
    url,
    requests: question.requests,
    headers,
    connections: question.connections,
    seconds,
    unique: Math.random().toString(36).slice(2),
  });
  const [result] = await once(child, 'message');
  child.kill();
  if (Object.keys(result.wrong).length > 0) throw new Error(`${question.title}: ${JSON.stringify(result.wrong)}`);
  return result;
}
