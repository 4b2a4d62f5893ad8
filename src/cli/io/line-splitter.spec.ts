import { LineSplitter, MAX_LINE_BYTES } from './line-splitter.js';

function split(...chunks: Buffer[]): [number, string | undefined][] {
  const lines: [number, string | undefined][] = [];
  const splitter = new LineSplitter((line, number) => lines.push([number, line?.toString()]));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

describe('cutting bytes into lines', () => {
  it('joins a line that came in pieces, and takes a last one without its end', () => {
    expect(split(Buffer.from('on'), Buffer.from('e\ntwo\r'), Buffer.from('\n\nlast'))).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, ''],
      [4, 'last'],
    ]);
  });

  it('drops a line that is too long without keeping it, and goes on', () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const long = Array.from({ length: MAX_LINE_BYTES / megabyte.length + 1 }, () => megabyte);
    expect(split(Buffer.from('a\n'), ...long, Buffer.from('x\nb\n'))).toEqual([
      [1, 'a'],
      [2, undefined],
      [3, 'b'],
    ]);
  });
});
