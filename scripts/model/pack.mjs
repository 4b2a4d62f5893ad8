// Makes the asset of a checkpoint: the most frequent words and the rows of n-grams, 4 bits a number.
//   npm run model:pack -- --checkpoint FILE [--out assets/static-en-384.bin] [--words 36000] [--about "what it was trained on"]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readCheckpoint } from './checkpoint.mjs';
import { quantize } from './quantize.mjs';

const { values: options } = parseArgs({
  options: {
    checkpoint: { type: 'string' },
    out: { type: 'string', default: 'assets/static-en-384.bin' },
    words: { type: 'string', default: '36000' },
    about: { type: 'string', multiple: true, default: [] },
  },
});
const { modelId } = await import(new URL('../../dist/src/ai/embeddings/static/model-file.js', import.meta.url));
const { state, rows } = readCheckpoint(options.checkpoint);
const { dimensions, buckets, step, perEpoch, batch, seed, sources, epochs } = state;
const words = state.words.slice(0, Number(options.words));
const chosen = [...words.keys(), ...Array.from({ length: buckets }, (_, bucket) => state.words.length + bucket)];
const { scales, nibbles } = quantize(rows, dimensions, chosen);
const text = Buffer.from(words.join('\n'));
const body = Buffer.concat([text, Buffer.from(scales.buffer), nibbles]);
const training = {
  sources,
  about: options.about,
  steps: step,
  epochs: Number((step / perEpoch).toFixed(2)),
  batch,
  seed,
  cut_by_time: step < perEpoch * epochs,
};
const heading = {
  id: modelId(dimensions, body),
  dimensions,
  bits: 4,
  words: words.length,
  wordBytes: text.length,
  buckets,
  training,
};
const head = Buffer.from(JSON.stringify(heading));
const length = Buffer.alloc(4);
length.writeUInt32LE(head.length);
const file = Buffer.concat([length, head, body]);
writeFileSync(options.out, file);
console.log(`${options.out}: ${heading.id}, ${words.length} words, ${(file.length / 1e6).toFixed(1)} MB`);
