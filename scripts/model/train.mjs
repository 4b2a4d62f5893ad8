// Trains the static embedding model; a maintainers' script, never part of CI. One thread; the same seed, batch, epochs and
// files give the same rows. `--minutes` ends it in time (the rate then falls by the clock, which no second run repeats).
//   npm run model:train -- --packages FILE [--npm FILE] [--wordnet FOLDER] [--glove FOLDER] --out FOLDER
//       [--epochs 10] [--minutes N] [--batch 256] [--seed 1] [--steps N] [--resume]
// `--epochs 0` only prepares; `--resume` goes on from the last checkpoint in the folder, with the texts prepared there.
// `--steps` ends this run after so many, to be resumed another time.
// It leaves FOLDER/checkpoint.bin; `npm run model:pack` makes the asset of it, `npm run model:eval` judges it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { readCheckpoint, writeCheckpoint } from './checkpoint.mjs';
import { startRows } from './glove.mjs';
import { readPackages, split } from './packages.mjs';
import { pairsOf } from './pairs.mjs';
import { random, shuffle } from './random.mjs';
import { Trainer } from './trainer.mjs';
import { frequentWords, TokenTable } from './vocabulary.mjs';

const { values: options } = parseArgs({
  options: {
    packages: { type: 'string' },
    npm: { type: 'string' },
    wordnet: { type: 'string' },
    glove: { type: 'string' },
    out: { type: 'string' },
    epochs: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '0' },
    batch: { type: 'string', default: '256' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: 'Infinity' },
    resume: { type: 'boolean', default: false },
  },
});
const DIMENSIONS = 384;
const BUCKETS = 8192;
const RATE = 0.02;
const SAVE_EVERY_MS = 240_000;
const REPORT_EVERY = 25;
const [epochs, minutes, batch, seed, steps] = ['epochs', 'minutes', 'batch', 'seed', 'steps'].map((name) =>
  Number(options[name]),
);
const words = await import(new URL('../../dist/src/ai/embeddings/static/tokenizer.js', import.meta.url));
const started = performance.now();
const say = (text) => console.log(`${((performance.now() - started) / 60_000).toFixed(1).padStart(6)} min  ${text}`);
const checkpointPath = join(options.out, 'checkpoint.bin');
mkdirSync(options.out, { recursive: true });

/** The lists of pairs as token numbers, the table they refer to, and the words. */
async function prepare() {
  const { train, test } = split(await readPackages(options.packages));
  const lists = await pairsOf({ train, test, ...options, nameAsWords: words.nameAsWords });
  for (const [name, pairs] of Object.entries(lists)) say(`${name}: ${pairs.length} pairs`);
  const texts = Object.values(lists).flat(2);
  const vocabulary = frequentWords(texts, words.tokensOf);
  const table = new TokenTable(vocabulary.words, BUCKETS, words);
  const encoded = Object.values(lists).map((pairs) =>
    pairs.map((pair) => pair.map((text) => table.encode(text))).filter(([one, other]) => one.length && other.length),
  );
  const { row, grams, buckets } = table;
  return {
    ...vocabulary,
    table: { row, grams, buckets },
    lists: encoded,
    texts: texts.length,
    sources: Object.keys(lists),
  };
}

function startAnew({ words: list, counts, texts }) {
  const rows = new Float32Array((list.length + BUCKETS) * DIMENSIONS);
  const known = startRows(rows, DIMENSIONS, { words: list, counts, texts, folder: options.glove, seed });
  say(`${list.length} words, ${known} of them start from GloVe`);
  return { rows, squares: new Float32Array(rows.length), state: { step: 0, progress: 0 } };
}

/** The batches of an epoch, each from one list; none has more than the first, and shows the rest in later epochs. */
function batchesOf(lists, epoch) {
  const batches = [];
  for (const [which, pairs] of lists.entries()) {
    const whole = Math.floor(pairs.length / batch);
    const share = batchesIn(lists, pairs);
    const pass = Math.floor((epoch * share) / whole);
    const order = shuffle(pairs.slice(), random(seed, which, pass));
    const first = Math.min((epoch * share) % whole, whole - share);
    for (let at = first; at < first + share; at++) batches.push(order.slice(at * batch, (at + 1) * batch));
  }
  return shuffle(batches, random(seed, epoch));
}

const batchesIn = ([first], pairs) => Math.floor(Math.min(pairs.length, first.length) / batch);

const preparedPath = join(options.out, 'prepared.v8');
const prepared = options.resume ? deserialize(readFileSync(preparedPath)) : await prepare();
if (!options.resume) writeFileSync(preparedPath, serialize(prepared));
const { rows, squares, state } = options.resume ? readCheckpoint(checkpointPath) : startAnew(prepared);
const trainer = new Trainer(rows, squares, DIMENSIONS, batch, prepared.table);
const perEpoch = prepared.lists.reduce((sum, pairs) => sum + batchesIn(prepared.lists, pairs), 0);
const total = perEpoch * epochs;
const firstStep = state.step;
const timeUsed = () => (minutes ? (performance.now() - started) / (minutes * 60_000) : 0);
const firstProgress = state.progress;
let saved = performance.now();
let loss = 0;
let step = firstStep;
let progress = firstProgress;

function save() {
  const about = {
    step,
    progress,
    perEpoch,
    epochs,
    batch,
    seed,
    sources: prepared.sources,
    dimensions: DIMENSIONS,
    buckets: BUCKETS,
  };
  writeCheckpoint(checkpointPath, { ...about, words: prepared.words, counts: prepared.counts }, rows, squares);
  saved = performance.now();
}

say(`${perEpoch} steps an epoch, ${total} in all, ${firstStep} done`);
for (let epoch = Math.floor(step / perEpoch); epoch < epochs && progress < 1 && step - firstStep < steps; epoch++) {
  const batches = batchesOf(prepared.lists, epoch);
  for (let at = step % perEpoch; at < batches.length; at++) {
    progress = Math.max(step / total, firstProgress + (1 - firstProgress) * timeUsed());
    if (progress >= 1 || step - firstStep >= steps) break;
    loss += trainer.step(batches[at], RATE * (1 - progress), random(seed, epoch, step));
    step++;
    if (step % REPORT_EVERY === 0) {
      const each = (performance.now() - started) / (step - firstStep);
      say(
        `step ${step}, epoch ${(step / perEpoch).toFixed(2)}, ${(100 * progress).toFixed(1)} %, loss ${(loss / REPORT_EVERY).toFixed(4)}, ${each.toFixed(0)} ms a step`,
      );
      loss = 0;
    }
    if (performance.now() - saved > SAVE_EVERY_MS) save();
  }
}
const done = total > 0 && step - firstStep < steps;
if (done) progress = 1;
save();
say(`${done ? 'done' : 'to be resumed'} after ${step} steps`);
