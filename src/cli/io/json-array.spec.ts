import { Readable } from 'node:stream';
import { jsonArray } from './json-array.js';

async function arrayOf(text: string, size: number): Promise<unknown> {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  const made: Buffer[] = [];
  for await (const chunk of jsonArray(Readable.from(chunks))) made.push(chunk);
  return JSON.parse(Buffer.concat(made).toString());
}

describe('lines of JSON as an array', () => {
  it.each([1, 2, 3, 7, 1000])('are the same rows, cut into chunks of %i bytes', async (size) => {
    const rows = [{ name: 'ü 漢字', text: 'a\nb,]' }, { n: 1 }, {}];
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    expect(await arrayOf(`${lines}\n`, size)).toEqual(rows);
    expect(await arrayOf(lines, size)).toEqual(rows);
    expect(await arrayOf('{}\n', size)).toEqual([{}]);
  });

  it('of nothing are an empty array', async () => {
    expect(await arrayOf('', 10)).toEqual([]);
  });
});
