import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { NDJSON, wantsNdjson } from '../../platform/http/ndjson.js';
import type { ClosureAnswer, ClosureNode } from '../closure-answer.js';
import type { WalkAnswer } from '../walk.service.js';

type Text = AsyncGenerator<string> | Generator<string>;

const line = (kind: string, value: object): string => `${JSON.stringify({ kind, ...value })}\n`;

/** Writes a closure as it is read, as NDJSON or as one JSON object. An error before its first entries is still a problem. */
export async function sendClosure(request: Request, response: Response, closure: ClosureAnswer): Promise<void> {
  const batches = closure.batches();
  const first = await batches.next();
  const all = (async function* () {
    if (!first.done) yield first.value;
    yield* batches;
  })();
  if (wantsNdjson(request)) await send(response, NDJSON, closureLines(closure, all));
  else await send(response, 'application/json; charset=utf-8', closureObject(closure, all));
}

export const sendWalk = (response: Response, answer: WalkAnswer): Promise<void> =>
  send(response, NDJSON, walkLines(answer));

async function* closureLines(closure: ClosureAnswer, batches: AsyncGenerator<ClosureNode[]>): Text {
  yield line('root', closure.root);
  for await (const batch of batches) yield batch.map((node) => line('node', node)).join('');
  yield line('summary', await closure.summary());
}

async function* closureObject(closure: ClosureAnswer, batches: AsyncGenerator<ClosureNode[]>): Text {
  yield `{"root":${JSON.stringify(closure.root)},"nodes":[`;
  let separator = '';
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    yield separator + batch.map((node) => JSON.stringify(node)).join(',');
    separator = ',';
  }
  yield `],${JSON.stringify(await closure.summary()).slice(1)}`;
}

function* walkLines({ nodes, edges, ...summary }: WalkAnswer): Text {
  yield line('root', nodes[0]);
  for (let at = 1; at < nodes.length; at += 500)
    yield nodes
      .slice(at, at + 500)
      .map((node) => line('node', node))
      .join('');
  for (let at = 0; at < edges.length; at += 500)
    yield edges
      .slice(at, at + 500)
      .map((edge) => line('edge', edge))
      .join('');
  yield line('summary', { ...summary, count: nodes.length });
}

/** Writes a text as it is made. */
export async function send(response: Response, type: string, text: Text): Promise<void> {
  response.setHeader('Content-Type', type);
  response.setHeader('Vary', 'Accept');
  try {
    await pipeline(Readable.from(text), response);
  } catch (error) {
    // The client went away: nobody is left to tell.
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
