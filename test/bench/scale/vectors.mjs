// Vectors of all entries by the model that comes with the service, as its own background work would make them.
import { hashOf, textOf } from '../../../dist/src/ai/embeddings/entry-text.js';
import { readModel, shippedModel } from '../../../dist/src/ai/embeddings/static/model-file.js';
import { StaticModel } from '../../../dist/src/ai/embeddings/static/static-model.js';

const PAGE = 5000;

let read;
const shipped = () => (read ??= readModel(shippedModel()));
const numbersOf = (vector) => `[${Array.from(vector, (one) => one.toFixed(5)).join(',')}]`;

export const shippedModelId = async () => (await shipped()).heading.id;

/** A question as a vector, and the cosine that an entry must exceed to have to do with it. */
export async function meaningOf(text) {
  const file = await shipped();
  const vector = new StaticModel(file).embed(text);
  return { vector: vector && numbersOf(vector), floor: file.heading.evaluation.cosines.random.p99 };
}

/** Rows for COPY. Five digits are more than a 16-bit number keeps. */
export async function* embeddingRows(client) {
  const file = await shipped();
  const model = new StaticModel(file);
  for (let last = '0'; ;) {
    const { rows } = await client.query(
      'SELECT id, revision, name, title, description, tags, feature FROM entry WHERE id > $1 ORDER BY id LIMIT $2',
      [last, PAGE],
    );
    if (rows.length === 0) return;
    last = rows.at(-1).id;
    let page = '';
    for (const row of rows) {
      const text = textOf(row);
      const vector = model.embed(text);
      const numbers = vector ? numbersOf(vector) : '\\N';
      page += `0\t${row.id}\t${row.revision}\t${file.heading.id}\t\\\\x${hashOf(text).toString('hex')}\t${numbers}\n`;
    }
    yield page;
  }
}
