import { readPackages } from './read-packages.js';

async function read(...chunks: (string | Buffer)[]): Promise<{ found: string[]; broken: string[] }> {
  const found: string[] = [];
  const broken: string[] = [];
  async function* bytes(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk as string));
  }
  await readPackages(bytes(), {
    found: ({ name, version }, line) => found.push(`${line} ${name} ${version}`),
    broken: (line, reason) => broken.push(`${line} ${reason}`),
  });
  return { found, broken };
}

const line = (name: string, rest: object = {}): string => JSON.stringify({ name, version: '1', ...rest });

describe('reading a package index', () => {
  it('takes JSON lines cut anywhere, and skips blank ones', async () => {
    const text = `${line('a', { summary: 'é' })}\n\n${line('b')}`;
    const bytes = Buffer.from(text);
    const { found, broken } = await read(bytes.subarray(0, 37), bytes.subarray(37, 38), bytes.subarray(38));
    expect(found).toEqual(['1 a 1', '3 b 1']);
    expect(broken).toEqual([]);
  });

  it('takes paragraphs, telling them by their first line', async () => {
    const { found } = await read('Package: a\nVersion: 1\nDepends: b\n\n\nPackage: b\r\nVersion: 2\r\n');
    expect(found).toEqual(['1 a 1', '6 b 2']);
  });

  it.each([
    ['cut off JSON', '{"name": "x", "ver', /^2 not valid JSON: /],
    ['no object', '[1]', /^2 not a JSON object/],
    ['no name', '{"version":"1"}', /^2 name is missing or no text/],
    ['a number as version', '{"name":"x","version":1}', /^2 version is missing or no text/],
    ['a text as depends', line('x', { depends: 'libc6' }), /^2 depends is no list/],
    ['an empty group', line('x', { depends: [[]] }), /^2 depends holds a group without alternatives/],
    [
      'an alternative without name',
      line('x', { recommends: [[{}]] }),
      /^2 recommends holds an alternative without a name/,
    ],
    ['null as alternative', line('x', { depends: [[null]] }), /^2 depends holds an alternative without a name/],
    ['a text as size', line('x', { installedSize: '5' }), /^2 installedSize is no number/],
    ['numbers as tags', line('x', { tags: [1] }), /^2 tags is no list of texts/],
  ])('reports a line with %s by its number and goes on', async (_, bad, reason) => {
    const { found, broken } = await read(`${line('a')}\n${bad}\n${line('b')}\n`);
    expect(found).toEqual(['1 a 1', '3 b 1']);
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatch(reason);
  });

  it('reports bytes that are no UTF-8', async () => {
    const { found, broken } = await read(
      Buffer.from(`${line('a')}\n`),
      Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 0x0a]),
      line('b'),
    );
    expect(found).toEqual(['1 a 1', '3 b 1']);
    expect(broken).toEqual(['2 not UTF-8']);
  });

  it('reports a broken first line and still finds the form of the file', async () => {
    const { found, broken } = await read(`garbage\n${line('a')}\n`);
    expect(found).toEqual(['2 a 1']);
    expect(broken).toEqual(['1 neither a JSON object nor a field']);
  });

  it('refuses a file that is something else', async () => {
    await expect(read('hello\nworld\n')).rejects.toThrow('this is no package index');
    await expect(read('x\n'.repeat(1000))).rejects.toThrow('this is no package index');
  });

  it('finds nothing in an empty file', async () => {
    expect(await read('')).toEqual({ found: [], broken: [] });
  });
});
