// The ways of answering that are compared. Each takes a question and answers names, best first.
const LIMIT = 10;

const search =
  (change) =>
  async (service, { query, filter }) => {
    const body = { query, limit: LIMIT, ...change, ...(filter && { filters: { tags: [filter] } }) };
    const answer = await service.post('/api/v1/search', body);
    return answer.map(({ name }) => name);
  };
const weights = (vector, text, filters) => ({ weights: { vector, text, filters } });

/** What PostgreSQL has by itself, with every word required. */
async function rankCd(service, { query, filter }) {
  const { rows } = await service.database.query({
    name: 'rank-cd',
    text: `SELECT e.name FROM entry_document d JOIN entry e ON e.id = d.entry_id, websearch_to_tsquery('english', $1) q
           WHERE d.tsv @@ q AND ($2::text IS NULL OR e.tags @> ARRAY[$2::text])
           ORDER BY ts_rank_cd(d.tsv, q) DESC, e.id LIMIT ${LIMIT}`,
    values: [query, filter ?? null],
  });
  return rows.map(({ name }) => name);
}

const suggest = async (service, { query }) => {
  const answer = await service.get(`/api/v1/search/suggest?limit=${LIMIT}&q=${encodeURIComponent(query)}`);
  return answer.filter(({ kind }) => kind === 'name').map(({ text }) => text);
};
/** What the names alone, in order, would complete. */
async function byPrefix(service, { query }) {
  const { rows } = await service.database.query({
    name: 'by-prefix',
    text: `SELECT name FROM entry WHERE name LIKE $1 ORDER BY name LIMIT ${LIMIT}`,
    values: [`${query.replace(/[\\%_]/g, '\\$&')}%`],
  });
  return rows.map(({ name }) => name);
}

export const SYSTEMS = [
  ['**hybrid, weighted .5 / .3 / .2 (default)**', search({})],
  ['hybrid, rrf .5 / .3 / .2', search({ fusion: 'rrf' })],
  ['hybrid, weighted .3 / .5 / .2', search(weights(0.3, 0.5, 0.2))],
  ['hybrid, weighted .4 / .4 / .2', search(weights(0.4, 0.4, 0.2))],
  ['hybrid, weighted .5 / .45 / .05', search(weights(0.5, 0.45, 0.05))],
  ['hybrid, weighted .7 / .2 / .1', search(weights(0.7, 0.2, 0.1))],
  ['text (BM25, spelling, names)', search({ mode: 'text' })],
  ['vector alone', search({ mode: 'vector' })],
  ['plain ts_rank_cd', rankCd],
];
export const COMPLETIONS = [
  ['**suggest**', suggest],
  ['names by prefix, in order', byPrefix],
];
