// What the evaluation measures, on packages that the model was not trained on.
import { PARAPHRASES } from './paraphrases.mjs';
import { withoutName } from './pairs.mjs';
import { random, shuffle } from './random.mjs';

const DOCUMENTS = 5000;
const QUESTIONS = 600;
const PER_SECTION = 80;
const LEAST_PER_SECTION = 60;
const NEIGHBOURS = 10;
/** As much of a text as the service embeds. */
const LETTERS = 800;
/** They say how software is packed, not what it is about. */
const FORMS = new Set(['debug', 'devel', 'doc', 'introspection', 'libdevel', 'libs', 'localization', 'metapackages', 'misc', 'oldlibs', 'otherosfs', 'tasks', 'utils']); // prettier-ignore

/** Position of the best of the right documents, from 1; ties count against it. */
function rankOf(scores, right) {
  const best = Math.max(...right.map((at) => scores[at]));
  if (!(best > 0)) return Infinity;
  const isRight = new Set(right);
  let rank = 1;
  for (let at = 0; at < scores.length; at++) if (scores[at] >= best && !isRight.has(at)) rank++;
  return rank;
}

function summary(ranks) {
  const share = (n) => Math.round((100 * ranks.filter((rank) => rank <= n).length) / ranks.length);
  return { first: share(1), ten: share(10), mrr: ranks.reduce((sum, rank) => sum + 1 / rank, 0) / ranks.length };
}

/** One edit in one of the longer words: a letter dropped, doubled, exchanged, or swapped with the next. */
function mistyped(text, draw) {
  const words = text.split(' ');
  const long = [...words.keys()].filter((at) => words[at].length >= 4);
  if (long.length === 0) return text;
  const at = long[Math.floor(draw() * long.length)];
  const word = words[at];
  const place = 1 + Math.floor(draw() * (word.length - 2));
  const edits = [
    word.slice(0, place) + word.slice(place + 1),
    word.slice(0, place) + word[place] + word.slice(place),
    word.slice(0, place) + 'abcdefghijklmnopqrstuvwxyz'[Math.floor(draw() * 26)] + word.slice(place + 1),
    word.slice(0, place) + word[place + 1] + word[place] + word.slice(place + 2),
  ];
  words[at] = edits[Math.floor(draw() * edits.length)];
  return words.join(' ');
}

/** One package of each group, so that no document is nearly another. */
function oneOfEach(packages, draw) {
  const seen = new Set();
  return shuffle(packages.slice(), draw).filter(
    ({ group, long }) => long.length > 80 && !seen.has(group) && seen.add(group),
  );
}

/** Questions and documents of every task, the same for all methods. */
export function tasks(test, tokensOf) {
  const draw = random(17);
  const packages = oneOfEach(test, draw).slice(0, DOCUMENTS);
  const documents = packages.map(({ long }) => long.slice(0, LETTERS));
  const questions = [];
  for (let at = 0; at < packages.length && questions.length < QUESTIONS; at++) {
    const text = withoutName(packages[at].summary, packages[at].name);
    const own = new Set(tokensOf(documents[at]));
    const hard = tokensOf(text).filter((token) => !own.has(token)).join(' '); // prettier-ignore
    if (tokensOf(text).length > 1) questions.push({ at, text, typo: mistyped(text, draw), hard });
  }
  const named = new Map(test.map((one) => [one.name, one]));
  const wanted = PARAPHRASES.flatMap(([, names]) => names).map((name) => named.get(name)).filter(Boolean); // prettier-ignore
  const answers = [...packages.filter(({ name }) => !wanted.some((one) => one.name === name)), ...wanted];
  const answerTexts = answers.map(({ summary: short, long }) => `${short}. ${long}`.slice(0, LETTERS));
  return { documents, questions, answers, answerTexts, sections: sectioned(test, draw) };
}

function sectioned(test, draw) {
  const bySection = new Map();
  for (const one of test)
    bySection
      .set(one.section, bySection.get(one.section) ?? [])
      .get(one.section)
      .push(one);
  return [...bySection]
    .filter(([section]) => !FORMS.has(section))
    .map(([, packages]) => oneOfEach(packages, draw).slice(0, PER_SECTION))
    .filter((packages) => packages.length >= LEAST_PER_SECTION)
    .flat();
}

export function retrieval(method, { documents, questions, answers, answerTexts }) {
  const search = method.index(documents);
  const ranks = (pick) => questions.filter((one) => pick(one)).map((one) => rankOf(search(pick(one)), [one.at]));
  const hard = questions.filter(({ hard: text }) => text.includes(' '));
  return {
    plain: summary(ranks(({ text }) => text)),
    typo: summary(ranks(({ typo }) => typo)),
    hard: summary(hard.map(({ at, hard: text }) => rankOf(search(text), [at]))),
    hardQuestions: hard.length,
    paraphrase: paraphrase(method.index(answerTexts), answers),
  };
}

function paraphrase(search, answers) {
  const places = new Map(answers.map(({ name }, at) => [name, at]));
  const ranks = PARAPHRASES.map(([question, names]) => {
    const right = names.map((name) => places.get(name)).filter((at) => at !== undefined);
    return right.length > 0 ? rankOf(search(question), right) : Infinity;
  });
  return summary(ranks);
}

function highest(scores, count) {
  const left = scores.slice();
  return Array.from({ length: count }, () => {
    let best = 0;
    for (let at = 1; at < left.length; at++) if (left[at] > left[best]) best = at;
    left[best] = -Infinity;
    return best;
  });
}

/** The section of a package by its nearest neighbours, none of them of its own group. */
export function sections(method, { sections: packages }) {
  const texts = packages.map(({ summary: short, long }) => `${short}. ${long.slice(0, 300)}`);
  const search = method.index(texts);
  const hits = new Map();
  for (const [at, { section }] of packages.entries()) {
    const scores = search(texts[at]);
    scores[at] = -1;
    const near = highest(scores, NEIGHBOURS);
    const votes = new Map();
    for (const one of near) votes.set(packages[one].section, (votes.get(packages[one].section) ?? 0) + scores[one]);
    const [guess] = [...votes].sort(([, a], [, b]) => b - a)[0];
    const [right, all] = hits.get(section) ?? [0, 0];
    hits.set(section, [right + (guess === section ? 1 : 0), all + 1]);
  }
  const counts = [...hits.values()];
  const total = counts.reduce(([a, b], [right, all]) => [a + right, b + all], [0, 0]);
  const macro = counts.reduce((sum, [right, all]) => sum + right / all, 0) / counts.length;
  return {
    classes: counts.length,
    items: total[1],
    accuracy: Math.round((100 * total[0]) / total[1]),
    macro: Math.round(100 * macro),
  };
}

/** Cosines of texts that have nothing to do with each other, and of a question with its document: what counts as near. */
export function cosines(method, { documents, questions }) {
  const draw = random(23);
  const at = (sorted, q) => Number(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))].toFixed(3));
  const search = method.index(documents.slice(0, 2000));
  const chance = [];
  const right = [];
  for (const { at: own, text } of questions.slice(0, 500)) {
    const scores = search(text);
    if (own < scores.length) right.push(scores[own]);
    for (let n = 0; n < 40; n++) {
      const other = Math.floor(draw() * scores.length);
      if (other !== own) chance.push(scores[other]);
    }
  }
  for (const list of [chance, right]) list.sort((a, b) => a - b);
  const mean = Number((chance.reduce((sum, value) => sum + value, 0) / chance.length).toFixed(3));
  return {
    random: { mean, p99: at(chance, 0.99), p999: at(chance, 0.999) },
    related: { p25: at(right, 0.25), median: at(right, 0.5), p75: at(right, 0.75) },
  };
}
