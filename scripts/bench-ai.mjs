// Judges what the engine says of texts, on packages that neither its model nor its curves were made of, and prints the tables
// of docs/ai.md.
//   npm run bench:ai -- --packages debian.jsonl.gz --npm npm-summaries.tsv.gz [--curves]
// Without files the sample of the tests is taken, which is too small to say much.
// `--curves` prints src/ai/classify/calibration-curves.ts instead, fitted on one half of the test side; the tables are of the
// other half.
import { parseArgs } from 'node:util';
import { embedAll, likenessesTo, nearest, reliability } from './ai-bench/engine.mjs';
import * as labels from './ai-bench/labels.mjs';
import { summaryTable } from './ai-bench/summaries.mjs';
import { tagTable } from './ai-bench/tags.mjs';
import { readPackages, split } from './model/packages.mjs';

const { values: options } = parseArgs({
  options: {
    packages: { type: 'string', default: 'test/fixtures/debian-sample.jsonl.gz' },
    npm: { type: 'string' },
    curves: { type: 'boolean', default: false },
  },
});
const from = (name) => import(new URL(`../dist/src/ai/${name}.js`, import.meta.url));
const { readModel, shippedModel } = await from('embeddings/static/model-file');
const { StaticModel } = await from('embeddings/static/static-model');
const { verdictOf, STATIC_SCALE } = await from('classify/verdict');
const { calibrated, fitCurve } = await from('classify/calibration');
const { confidencesOf } = await from('classify/confidence');
const { statedCategory } = await from('classify/category-rules');
const described = await from('classify/category-descriptions');
const { RulePattern } = await import(new URL('../dist/src/entries/classification/rule-pattern.js', import.meta.url));
const { FEATURE_SEEDS } = await import(new URL('../dist/src/entries/features/feature-categories.js', import.meta.url));

const model = new StaticModel(await readModel(shippedModel()));
const embed = (text) => model.embed(text);
const debian = split(await readPackages(options.packages));
const npm = options.npm ? await labels.npmSides(options.npm) : { train: [], test: [] };
const both = { train: [...debian.train, ...npm.train], test: [...debian.test, ...npm.test] };

const METHODS = ['rule', 'neighbours', 'zero_shot'];
const percent = (share) => (100 * share).toFixed(1);
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

/** What the engine says of every item of the test side, by which evidence, beside what it is. */
function judged({ items, most, descriptions, sides, stated = () => undefined }) {
  const known = new Set(descriptions.map(({ label }) => label));
  const side = (packages, limit) => embedAll(items(packages, limit).filter(({ label }) => known.has(label)), embed, labels.textOf); // prettier-ignore
  const confirmed = side(sides.train, most.confirmed);
  const like = likenessesTo(descriptions, embed);
  const answers = side(sides.test, most.tested).map((item) => {
    const near = nearest(item.vector, confirmed);
    const likenesses = like(item.vector);
    return {
      item,
      fits: (labels.digest(item.group) & 2) !== 0,
      verdicts: {
        neighbours: verdictOf(near, [], STATIC_SCALE),
        zero_shot: verdictOf([], likenesses, STATIC_SCALE),
        cold: verdictOf([], likenesses, STATIC_SCALE, stated(item)),
        all: verdictOf(near, likenesses, STATIC_SCALE, stated(item)),
      },
    };
  });
  return { confirmed, answers, classes: known.size };
}

const sections = judged({ items: labels.sectionItems, most: { confirmed: 60, tested: 40 }, descriptions: labels.SECTION_DESCRIPTIONS, sides: debian }); // prettier-ignore
const features = judged({ items: labels.featureItems, most: { confirmed: 200, tested: 200 }, descriptions: described.FEATURE_DESCRIPTIONS, sides: both }); // prettier-ignore
const categories = judged({
  items: labels.categoryItems,
  most: { confirmed: 150, tested: 150 },
  descriptions: described.CATEGORY_DESCRIPTIONS,
  sides: both,
  stated: ({ summary }) => statedCategory(summary)?.category,
});

const right = ({ item }, { shares }) => shares[0]?.label === item.label;
/** Outcomes of the half that curves are fitted on; with entries there are neighbours, without there are none. */
const outcomes = ({ answers }, method) =>
  answers
    .filter(({ fits }) => fits)
    .flatMap((answer) => [answer.verdicts.all, answer.verdicts.cold].map((verdict) => ({ answer, verdict })))
    .filter(({ verdict }) => verdict.method === method)
    .map(({ answer, verdict }) => ({ share: verdict.shares[0].share, right: right(answer, verdict) }));

if (options.curves) {
  const curves = { category: categories, feature: features };
  for (const [target, set] of Object.entries(curves)) {
    console.log(`  ${target}: {`);
    for (const method of METHODS) {
      const found = outcomes(set, method);
      const curve = found.length > 0 ? fitCurve(found) : [[0, 0], [1, 1]]; // prettier-ignore
      console.log(`    // ${found.length} answers\n    ${method}: ${JSON.stringify(curve)},`);
    }
    console.log('  },');
  }
  process.exit(0);
}

/** Accuracy over all and over the mean of the classes. */
function accuracy(answers, by) {
  const classes = new Map();
  for (const answer of answers) {
    const [hits, all] = classes.get(answer.item.label) ?? [0, 0];
    classes.set(answer.item.label, [hits + (right(answer, answer.verdicts[by]) ? 1 : 0), all + 1]);
  }
  const counts = [...classes.values()];
  const hits = counts.reduce((sum, [n]) => sum + n, 0);
  const macro = counts.reduce((sum, [n, all]) => sum + n / all, 0) / counts.length;
  return `${percent(hits / answers.length)} / ${percent(macro)}`;
}

/** What is said of the other half, with how sure. */
function confidences({ answers }, target, by) {
  const curve = target === 'section' && fitCurve(answers.filter(({ fits }) => fits).map((answer) => ({ share: answer.verdicts[by].shares[0].share, right: right(answer, answer.verdicts[by]) }))); // prettier-ignore
  return answers
    .filter(({ fits }) => !fits)
    .map((answer) => {
      const verdict = answer.verdicts[by];
      const confidence = curve
        ? calibrated(verdict.shares[0].share, curve)
        : confidencesOf(verdict, target, model.id, 1)[0].confidence;
      return { confidence, right: right(answer, verdict) };
    });
}

console.log(`${model.id}\n`);
row(
  'labels',
  'classes',
  'confirmed',
  'tested',
  'descriptions alone',
  'neighbours alone',
  'the engine',
  'without entries',
);
row(...Array.from({ length: 8 }, () => '---'));
const sets = [
  ['section of Debian', sections, 'section'],
  ['feature', features, 'feature'],
  ['category', categories, 'category'],
];
for (const [name, set] of sets) {
  const tested = set.answers.filter(({ fits }) => !fits);
  row(name, set.classes, set.confirmed.length, tested.length, ...['zero_shot', 'neighbours', 'all', 'cold'].map((by) => accuracy(tested, by))); // prettier-ignore
}

console.log('\nsaid → right, in %, of so many answers\n');
row('says', ...sets.flatMap(([name]) => [name, `${String(name)}, without entries`]));
row(...Array.from({ length: 7 }, () => '---'));
const reliable = sets.flatMap(([, set, target]) =>
  ['all', 'cold'].map((by) => reliability(confidences(set, target, by))),
);
for (let bin = 0; bin < 10; bin++) {
  const cells = reliable.map(({ bins }) => bins[bin]).map(({ n, said, right: hits }) => (n < 10 ? `(${n})` : `${percent(said / n)} → ${percent(hits / n)} of ${n}`)); // prettier-ignore
  row(`${(bin / 10).toFixed(1)}–${((bin + 1) / 10).toFixed(1)}`, ...cells);
}
row('mean error', ...reliable.map(({ error }) => percent(error)));
const near9 = (answers) => answers.filter(({ confidence }) => confidence >= 0.85 && confidence <= 0.95);
row('0.85–0.95', ...sets.flatMap(([, set, target]) => ['all', 'cold'].map((by) => near9(confidences(set, target, by)))).map((answers) => (answers.length === 0 ? '–' : `${percent(answers.filter((one) => one.right).length / answers.length)} of ${answers.length}`))); // prettier-ignore

console.log('\n| rule that comes with the registry | says | matches | right % |\n| --- | --- | --- | --- |');
for (const { name, rule, confidence } of FEATURE_SEEDS) {
  const pattern = new RulePattern(rule);
  const matched = features.answers.filter(({ item }) => pattern.matchesName(item.name.replace(/^@[^/]+\//, '')) || pattern.matchesProse(item.summary)); // prettier-ignore
  const hits = matched.filter(({ item }) => item.label === name).length;
  row(name, confidence, matched.length, matched.length > 0 ? percent(hits / matched.length) : '–');
}
await tagTable({ from, debian, embed, row, percent });
await summaryTable({ from, debian, model, row, percent });

const texts = debian.test.slice(0, 500).map(({ long }) => long.slice(0, 800));
const { technologiesIn } = await from('extract/technology-matcher');
const { PATTERNS } = await from('extract/patterns');
const { licensesIn } = await from('extract/licenses');
const { namesIn } = await from('extract/names');
const timed = async (name, work) => {
  const started = performance.now();
  for (const text of texts) await work(text);
  row(name, ((performance.now() - started) / texts.length).toFixed(2));
};
console.log('\n| of a text of at most 800 letters | ms |\n| --- | --- |');
await timed('vector', embed);
await timed('technologies, versions, addresses, licences', (text) => [technologiesIn(text), licensesIn(text), PATTERNS.map(([, find]) => find(text))]); // prettier-ignore
await timed('people and organisations', namesIn);
