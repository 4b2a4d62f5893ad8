// Searches by kind of question. Each class is asked in each mode; one more class is one more entry.
import { SHARES } from './recipe.mjs';
import { meaningOf } from './vectors.mjs';

const COMMON = ['library', 'python', 'development', 'documentation', 'perl', 'data', 'tools', 'server'];
const RARE = ['postgresql', 'kubernetes', 'bittorrent', 'fortran', 'haskell', 'bluetooth', 'astronomy', 'chess'];
const TWO = [
  'image processing', 'text editor', 'web server', 'database client', 'game engine', 'network monitor', 'file system',
  'audio player', 'font family', 'command line', 'mail server', 'password manager', 'terminal emulator', 'unit testing',
]; // prettier-ignore
const LONG = ['real time strategy game', 'library for reading image files', 'client for the mail server', 'tools to monitor a network']; // prettier-ignore
const TYPOS = ['postgers', 'libary', 'kuberntes', 'pyhton module', 'databse client', 'documentaton'];

const plain = (query) => ({ query });

/** Name → bodies of `POST /search`. */
export async function searchClasses(client) {
  const { rows } = await client.query('SELECT name, title FROM entry ORDER BY md5(id::text) LIMIT 40');
  const filtered = (tag) => TWO.concat(COMMON).map((query) => ({ query, filters: { tags: [tag] } }));
  return {
    'exact name': rows.map(({ name }) => plain(name)),
    'title of an entry': rows.map(({ title }) => plain(title.slice(0, 120))),
    'a rare word': RARE.map(plain),
    'a common word': COMMON.map(plain),
    'two words': TWO.map(plain),
    'three and more words': LONG.map(plain),
    'a phrase': TWO.map((words) => plain(`"${words}"`)),
    'or, and not': TWO.map((words) => plain(`${words.replace(' ', ' or ')} -game`)),
    mistyped: TYPOS.map(plain),
    'words that are nowhere': ['qqxzv', 'zzkwj vvqxx'].map(plain),
    ...Object.fromEntries(Object.keys(SHARES).map((tag) => [`filter of ${tag.slice(6)} %`, filtered(tag)])),
  };
}

/**
 * How many of ten hits a search with a filter must have: of what passes the filter, in text mode what has the words; in
 * vector mode all; in hybrid mode what has the words or is nearer in meaning than chance.
 */
export async function expectedHits(client, { query, filters }, mode) {
  const [tag] = filters.tags;
  const { vector, floor } = await meaningOf(query);
  const found = {
    text: 'd.tsv @@ websearch_to_tsquery($2)',
    vector: '$2::text IS NOT NULL',
    hybrid: `(d.tsv @@ websearch_to_tsquery($2) OR 1 - (m.embedding <=> $3::halfvec(384)) > ${floor})`,
  };
  const { rows } = await client.query(
    `SELECT count(*)::integer AS n FROM (
       SELECT FROM entry e JOIN entry_document d ON d.entry_id = e.id JOIN entry_embedding_0 m ON m.entry_id = e.id
       WHERE e.tags @> ARRAY[$1] AND ${found[mode]} AND $3::text IS NOT NULL LIMIT 10) s`,
    [tag, query, vector],
  );
  return rows[0].n;
}
