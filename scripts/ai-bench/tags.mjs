// Tag suggestions against the tags that people gave, by neighbours of the training side.
import { embedAll, nearest } from './engine.mjs';
import { digest, textOf } from './labels.mjs';

const CONFIRMED = 8000;
const TESTED = 1500;

/** Tags that say what a program is about; how it is built and packed is in no description. */
const ABOUT =
  /^(admin|culture|devel|field|game|hardware|mail|network|protocol|science|security|sound|suite|use|web|works-with|works-with-format|x11)::(?!TODO)/;
const tagged = (packages, most) => {
  const seen = new Set();
  return packages
    .map((one) => ({ ...one, tags: one.tags.filter((tag) => ABOUT.test(tag)) }))
    .filter(({ tags, group }) => tags.length > 0 && !seen.has(group) && seen.add(group))
    .toSorted((a, b) => digest(a.name) - digest(b.name))
    .slice(0, most);
};

export async function tagTable({ from, debian, embed, row, percent }) {
  const { voteOnTags } = await from('tags/tag-votes');
  const confirmed = embedAll(tagged(debian.train, CONFIRMED), embed, textOf);
  const tested = embedAll(tagged(debian.test, TESTED), embed, textOf);
  const counts = new Map();
  for (const { tags } of confirmed) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const frequent = [...counts].sort(([, a], [, b]) => b - a).map(([tag]) => tag);
  const places = { 'like entries': [], 'the most frequent tags': [] };
  for (const item of tested) {
    const suggested = voteOnTags(nearest(item.vector, confirmed), [], 10).map(({ tag }) => tag);
    const rank = (list) => list.findIndex((tag) => item.tags.includes(tag));
    places['like entries'].push(rank(suggested));
    places['the most frequent tags'].push(rank(frequent.slice(0, 10)));
  }
  console.log(
    `\n| tags (${confirmed.length} tagged, ${tested.length} tested) | first is right % | of three one | of five one |`,
  );
  row(...Array.from({ length: 4 }, () => '---'));
  const within = (ranks, most) => percent(ranks.filter((at) => at >= 0 && at < most).length / ranks.length);
  for (const [name, ranks] of Object.entries(places)) row(name, ...[1, 3, 5].map((most) => within(ranks, most)));
}
