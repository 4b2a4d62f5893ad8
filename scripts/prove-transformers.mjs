// Proves that a model in ONNX format is run from its folder by @huggingface/transformers, which is not among the packages
// that the service installs: give the folder of a project that has it.
//   npm install --prefix /tmp/peer @huggingface/transformers   (ONNXRUNTIME_NODE_INSTALL=skip, without a network)
//   npm run prove:transformers -- --peer /tmp/peer
// The model is one that this script writes: a table of word vectors, so that every answer is known.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { writeTinyModel } from './model/tiny-onnx.mjs';

const { values } = parseArgs({ options: { peer: { type: 'string', default: '.' } } });
const { TransformersProvider } = await import(
  new URL('../dist/src/ai/embeddings/providers/transformers.provider.js', import.meta.url)
);
const peer = createRequire(join(resolve(values.peer), 'package.json'));
const load = () => import(pathToFileURL(peer.resolve('@huggingface/transformers')));
const folder = mkdtempSync(join(tmpdir(), 'tiny-onnx-'));
const dot = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);

try {
  for (const dimensions of [384, 512]) {
    writeTinyModel(folder, ['web', 'server', 'image', 'editor'], dimensions);
    const settings = { folder, reduction: 'project', queryPrefix: '', documentPrefix: '' };
    const provider = new TransformersProvider(settings, load);
    assert.deepEqual(await provider.health(), { ok: true });
    const [both, server, editor, none] = await provider.embed(['Web server', 'server', 'image editor', 'unheard']);
    for (const vector of [both, server, editor]) assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-5, 'unit length');
    // The mean of two directions is 45° from each; a projection keeps that by and large.
    assert.ok(Math.abs(dot(both, server) - Math.SQRT1_2) < (dimensions === 384 ? 1e-4 : 0.2), `${dot(both, server)}`);
    assert.ok(Math.abs(dot(both, editor)) < (dimensions === 384 ? 1e-4 : 0.2));
    assert.equal(none, null);
    console.log(`${provider.id}: vectors of ${dimensions} numbers are as they must be`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
