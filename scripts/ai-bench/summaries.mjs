// Summaries of one sentence against the line that people wrote: how many of its words the sentence has, and how many of the
// sentence's words it has (ROUGE-1).
import { digest } from './labels.mjs';

const TESTED = 1000;
const LEAST_SENTENCES = 4;
const COMMON = /^(the|a|an|and|or|of|for|to|in|on|is|it|with|by|from|this|that|as|are|be)$/;

function rouge(words, reference) {
  const [one, other] = [words, reference].map((list) => new Set(list.filter((word) => !COMMON.test(word))));
  const shared = [...one].filter((word) => other.has(word)).length;
  return shared === 0 ? 0 : (2 * shared) / (one.size + other.size);
}

export async function summaryTable({ from, debian, model, row, percent }) {
  const { sentencesOf } = await from('text/sentences');
  const { chooseSentences } = await from('summarize/summary');
  const { tokensOf } = await from('embeddings/static/tokenizer');
  const scores = { 'the engine': [], 'first sentence': [], 'by chance': [] };
  for (const { name, summary, long } of debian.test.toSorted((a, b) => digest(a.name) - digest(b.name))) {
    const sentences = sentencesOf(long);
    if (sentences.length < LEAST_SENTENCES) continue;
    const vectors = sentences.map(({ text }) => ({ vector: model.embed(text), length: text.length }));
    const [{ index }] = chooseSentences(vectors, 1);
    const score = (at) => rouge(tokensOf(sentences[at].text), tokensOf(summary));
    scores['the engine'].push(score(index));
    scores['first sentence'].push(score(0));
    scores['by chance'].push(score(digest(`${name}?`) % sentences.length));
    if (scores['by chance'].length === TESTED) break;
  }
  console.log(`\n| one sentence of ${LEAST_SENTENCES} or more (${scores['by chance'].length} texts) | ROUGE-1 F |`);
  row('---', '---');
  for (const [name, list] of Object.entries(scores))
    row(name, percent(list.reduce((sum, value) => sum + value, 0) / list.length));
}
