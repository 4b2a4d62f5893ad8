// Judges the static model on packages that it was not trained on, beside methods that need no training, and prints the
// table of docs/embeddings.md.
//   npm run model:eval -- --packages FILE [--model assets/static-en-384.bin] [--checkpoint FILE] [--write]
// `--write` keeps the figures of the model in the heading of its file (which changes neither its rows nor its id).
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readCheckpoint } from './checkpoint.mjs';
import { cosines, retrieval, sections, tasks } from './measures.mjs';
import { bm25Method, byVectors, checkpointMethod, fusedMethod, hashedMethod } from './methods.mjs';
import { readPackages, split } from './packages.mjs';

const { values: options } = parseArgs({
  options: {
    packages: { type: 'string' },
    model: { type: 'string', default: 'assets/static-en-384.bin' },
    checkpoint: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const from = (name) => import(new URL(`../../dist/src/ai/embeddings/static/${name}.js`, import.meta.url));
const words = await from('tokenizer');
const { readModel } = await from('model-file');
const { StaticModel } = await from('static-model');

const file = await readModel(options.model);
const model = new StaticModel(file);
const { test } = split(await readPackages(options.packages));
const set = tasks(test, words.tokensOf);
const megabytes = (readFileSync(options.model).length / 1e6).toFixed(1);
const shipped = byVectors(`**${model.id}**`, `384, ${file.heading.words} words, ${megabytes} MB`, (text) =>
  model.embed(text),
);
const sparse = bm25Method(words);

const both = ({ first, ten, mrr }) => `${first} / ${ten} / ${mrr.toFixed(2).replace('0.', '.')}`;

function row(method) {
  const found = retrieval(method, set);
  const knn = sections(method, set);
  const cells = [
    method.name,
    method.about,
    `${knn.accuracy} / ${knn.macro}`,
    both(found.plain),
    found.hard.ten,
    found.typo.ten,
    both(found.paraphrase),
  ];
  console.log(`| ${cells.join(' | ')} |`);
  return { found, knn };
}

console.log('| method | dims, size | section | retrieval | hard R@10 | typo R@10 | paraphrase |');
console.log('|---|---|---|---|---|---|---|');
row(hashedMethod(words));
row(sparse);
if (options.checkpoint) row(checkpointMethod(readCheckpoint(options.checkpoint), words));
const { found, knn } = row(shipped);

console.log('\n| with full text | R@1 | R@10 | MRR | hard R@10 | paraphrase R@10 |');
console.log('|---|---|---|---|---|---|');
for (const share of [0.3, 0.5, 0.7]) {
  const fused = retrieval(fusedMethod(sparse, shipped, share), set);
  const { plain, hard, paraphrase } = fused;
  console.log(
    `| λ = ${share} | ${plain.first} | ${plain.ten} | ${plain.mrr.toFixed(2)} | ${hard.ten} | ${paraphrase.ten} |`,
  );
}

const near = cosines(shipped, set);
console.log(
  `\n${knn.items} packages in ${knn.classes} sections; ${set.questions.length} questions (${found.hardQuestions} hard) among ${set.documents.length} documents.`,
);
console.log(`cosines: ${JSON.stringify(near)}`);
const started = performance.now();
for (const text of set.documents.slice(0, 1000)) model.embed(text.slice(0, 800));
console.log(`${((performance.now() - started) / 1000).toFixed(3)} ms a text of at most 800 letters`);

if (options.write) {
  const evaluation = {
    section: knn,
    retrieval: found.plain,
    hard: found.hard,
    typo: found.typo,
    paraphrase: found.paraphrase,
    cosines: near,
  };
  const bytes = readFileSync(options.model);
  const head = Buffer.from(JSON.stringify({ ...file.heading, evaluation }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  writeFileSync(options.model, Buffer.concat([length, head, bytes.subarray(4 + bytes.readUInt32LE(0))]));
}
