import { chunksOfExport, type ExportChunk } from './export-chunks.js';

async function chunks(text: string, options = { whole: false }): Promise<ExportChunk[]> {
  async function* bytes(): AsyncGenerator<Buffer> {
    const all = Buffer.from(text);
    for (let at = 0; at < all.length; at += 1000) yield await Promise.resolve(all.subarray(at, at + 1000));
  }
  const found: ExportChunk[] = [];
  for await (const chunk of chunksOfExport(bytes(), options)) found.push(chunk);
  return found;
}

const entry = (index: number): string => JSON.stringify({ kind: 'entry', type: 'plugin', name: `p${index}` });

describe('the pieces of an export', () => {
  it('are cut between lines, in order, with the place of the first line', async () => {
    const text = Array.from({ length: 4500 }, (_, index) => `${entry(index)}\n`).join('');
    const found = await chunks(text);
    expect(found.map(({ lines, firstLine, contentType }) => [lines, firstLine, contentType])).toEqual([
      [2000, 0, 'application/x-ndjson'],
      [2000, 2000, 'application/x-ndjson'],
      [500, 4000, 'application/x-ndjson'],
    ]);
    expect(Buffer.concat(found.map(({ body }) => body)).toString()).toBe(text);
  });

  it('are the whole when everything or nothing is to be imported', async () => {
    const text = Array.from({ length: 3000 }, (_, index) => `${entry(index)}\n`).join('');
    const found = await chunks(text, { whole: true });
    expect(found.map(({ body, contentType }) => [body.toString() === text, contentType])).toEqual([
      [true, 'application/x-ndjson'],
    ]);
  });

  it.each([
    ['one JSON document', '{"entries":[{"name":"a"}],"relationships":[]}', 'application/json'],
    ['an indented JSON document', '{\n  "entries": []\n}\n', 'application/json'],
    ['YAML', 'entries:\n  - type: plugin\n    name: a\n', 'application/yaml'],
  ])('stay together for %s', async (_, text, contentType) => {
    const found = await chunks(text);
    expect(found.map((chunk) => [chunk.contentType, chunk.body.toString()])).toEqual([[contentType, text]]);
  });

  it('are none for nothing', async () => {
    expect(await chunks(' \n\n')).toEqual([]);
  });
});
