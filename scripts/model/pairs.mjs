// What the model learns from: pairs of texts that mean the same, in lists by where they come from.
import { linesOf, squash } from './packages.mjs';
import { random } from './random.mjs';
import { wordnetPairs } from './wordnet.mjs';

const LONG = 400;
const DUPLICATE = 150;
const TOPICAL =
  /^(accessibility|admin|biology|culture|devel|field|filetransfer|game|hardware|implemented-in|interface|junior|mail|made-of|network|office|protocol|security|science|sound|suite|use|web|works-with|works-with-format)::/;

export const tagsAsWords = (tags) =>
  tags
    .filter((tag) => TOPICAL.test(tag) && !tag.endsWith('::TODO'))
    .map((tag) => tag.replace(/::|[-_]/g, ' '))
    .join(' ');

const AROUND = /^(lib|python3-|node-|ruby-|golang-|r-cran-|php-)|(-dev|-doc|-data|-perl|-java|-ruby|\d+)$/g;
const isWordSign = (sign) => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);

function cut(text, name) {
  const lower = text.toLowerCase();
  let kept = '';
  let from = 0;
  for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + name.length)) {
    if (isWordSign(text[at - 1]) || isWordSign(text[at + name.length])) continue;
    kept += `${text.slice(from, at)} `;
    from = at + name.length;
  }
  return kept + text.slice(from);
}

/** A text without the package's own name, also without what binary packages put around it. */
export function withoutName(text, name) {
  const bare = name.replaceAll(AROUND, '');
  const rest = cut(text, name.toLowerCase());
  return squash(bare.length > 1 && bare !== name ? cut(rest, bare.toLowerCase()) : rest);
}

function packagePairs(packages) {
  const seen = new Set();
  const draw = random(11);
  const pairs = { summaries: [], sentences: [], tags: [] };
  for (const { name, summary, long, tags } of packages) {
    const key = `${summary.toLowerCase()}|${long.slice(0, DUPLICATE).toLowerCase()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    pairs.summaries.push([draw() < 0.5 ? withoutName(summary, name) : summary, long.slice(0, LONG)]);
    const stop = long.search(/[.!?]\s/);
    if (stop > 20 && long.length - stop > 60)
      pairs.sentences.push([long.slice(0, stop), long.slice(stop + 2, stop + 2 + LONG)]);
    const topics = tagsAsWords(tags);
    if (topics) pairs.tags.push([topics, `${summary} ${long.slice(0, 200)}`]);
  }
  return pairs;
}

/** What a tested package says of itself may not come back as the summary of the same thing on npm. */
function heldOut(packages) {
  const texts = new Set();
  const names = new Set();
  const normal = (text) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  for (const { name, summary, long } of packages) {
    texts.add(normal(summary));
    texts.add(normal(long).slice(0, 60));
    names.add(name.replace(/^node-/, ''));
  }
  return (name, summary) =>
    names.has(name.toLowerCase().replace(/^@/, '').replace('/', '-')) ||
    texts.has(normal(summary)) ||
    texts.has(normal(summary).slice(0, 60));
}

/** Tab-separated: name, version, downloads, summary; the first line is a heading. */
async function npmPairs(path, tested, nameAsWords) {
  const isHeldOut = heldOut(tested);
  const seen = new Set();
  const pairs = [];
  for await (const line of linesOf(path)) {
    const [name, , , text] = line.split('\t');
    const summary = squash(text);
    if (pairs.length === 0 && name === 'name') continue;
    if (summary.length < 12 || seen.has(summary) || isHeldOut(name, summary)) continue;
    seen.add(summary);
    pairs.push([nameAsWords(name), summary]);
  }
  return pairs;
}

/** Lists of pairs by source; npm names and WordNet where their paths are given. */
export async function pairsOf({ train, test, npm, wordnet, nameAsWords }) {
  const lists = packagePairs(train);
  if (npm) lists.names = await npmPairs(npm, test, nameAsWords);
  if (wordnet) Object.assign(lists, await wordnetPairs(wordnet));
  return lists;
}
