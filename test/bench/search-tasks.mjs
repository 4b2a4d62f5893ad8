// The golden set: questions with the entries that answer them, built from package descriptions that the model was not
// trained on. The same packages give the same questions.
import { PARAPHRASES } from '../../scripts/model/paraphrases.mjs';
import { split } from '../../scripts/model/packages.mjs';
import { random, shuffle } from '../../scripts/model/random.mjs';
import { synonyms } from './search-synonyms.mjs';

const STOP = new Set(
  'a an and are as at be by can contains for from has in is it its of on or package packages provides that the this to use used using version which with you your'.split(' '),
); // prettier-ignore
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** As much of a description as a person who looks for it might remember words of. */
const REMEMBERED = 400;

const contentWords = (text) => [
  ...new Set((text.toLowerCase().match(/[a-z][a-z0-9+#]{2,}/g) ?? []).filter((word) => !STOP.has(word))),
];

/** One edit in one of the longer words: a letter dropped, doubled, exchanged, or swapped with the next. */
function mistyped(text, draw) {
  const words = text.split(' ');
  const long = [...words.keys()].filter((at) => words[at].length >= 5);
  if (long.length === 0) return undefined;
  const at = long[Math.floor(draw() * long.length)];
  const word = words[at];
  const place = 1 + Math.floor(draw() * (word.length - 2));
  const edits = [
    word.slice(0, place) + word.slice(place + 1),
    word.slice(0, place) + word[place] + word.slice(place),
    word.slice(0, place) + LETTERS[Math.floor(draw() * 26)] + word.slice(place + 1),
    word.slice(0, place) + word[place + 1] + word[place] + word.slice(place + 2),
  ].filter((edit) => edit !== word);
  if (edits.length === 0) return undefined;
  words[at] = edits[Math.floor(draw() * edits.length)];
  return words.join(' ');
}

/** Three of the rarer words of a description, in their order, without those of the name. */
function remembered({ name, summary, long }, rarity, draw) {
  const own = new Set(name.split(/[^a-z0-9]+/));
  const words = contentWords(`${summary} ${long.slice(0, REMEMBERED)}`).filter((word) => !own.has(word));
  const rarer = words.toSorted((a, b) => rarity(b) - rarity(a)).slice(0, Math.max(4, Math.ceil(words.length / 2)));
  const chosen = new Set(shuffle(rarer, draw).slice(0, 3));
  return chosen.size < 3 ? undefined : words.filter((word) => chosen.has(word)).join(' ');
}

/**
 * `packages` as they are in the catalog. A question is `{ query, right: names, filter? }`; right is whatever shares a
 * source with the package meant, for its descriptions are nearly the same.
 */
export async function goldenSet(packages, { most, wordnet }) {
  const draw = random(23);
  const here = new Set(packages.map(({ name }) => name));
  const { test } = split(packages);
  const groups = new Map();
  for (const one of test) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  const seen = new Set();
  const chosen = shuffle(test.slice(), draw).filter(
    ({ group, long }) => long.length > 80 && !seen.has(group) && seen.add(group),
  );
  const docs = new Map();
  for (const one of packages)
    for (const word of contentWords(`${one.summary} ${one.long}`)) docs.set(word, (docs.get(word) ?? 0) + 1);
  const rarity = (word) => -(docs.get(word) ?? 0);
  const take = (question) => {
    const found = [];
    for (const one of chosen) {
      const asked = question(one);
      if (asked?.query) found.push({ right: groups.get(one.group).map(({ name }) => name), ...asked });
      if (found.length === most) break;
    }
    return found;
  };
  const names = ({ name }) => name.replace(/[^a-z0-9+#]+/gi, ' ').trim();
  const reword = wordnet ? await synonyms(wordnet) : undefined;
  return {
    name: take((one) => ({ query: names(one), right: [one.name] })),
    'known item': take((one) => ({ query: remembered(one, rarity, draw) })),
    typo: take((one) => ({ query: mistyped(remembered(one, rarity, draw) ?? '', draw) })),
    ...(reword && { reworded: take((one) => ({ query: reword(one.summary, one.name) })) }),
    paraphrase: PARAPHRASES.map(([query, right]) => ({ query, right: right.filter((name) => here.has(name)) })).filter(
      ({ right }) => right.length > 0,
    ),
    filter: take((one) => ({
      query: remembered(one, rarity, draw)?.split(' ').slice(0, 2).join(' '),
      filter: one.section?.split('/').at(-1),
    })),
    autocomplete: take(({ name }) => ({
      query: name.slice(0, Math.max(3, Math.ceil(name.length * 0.6))),
      right: [name],
    })),
  };
}
