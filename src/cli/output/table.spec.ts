import { tableLines } from './table.js';

const cells = (...texts: string[]): { text: string }[] => texts.map((text) => ({ text }));

describe('a table', () => {
  it('on a terminal has columns two blanks apart and no blanks at line ends', async () => {
    const lines = await tableLines([cells('plugin_a', 'active'), cells('svc_longer', '-')], {
      header: ['KEY', 'STATUS'],
      width: 80,
    });
    expect(lines).toEqual(['KEY         STATUS', 'plugin_a    active', 'svc_longer  -']);
  });

  it('elsewhere is separated by tabs and whole', async () => {
    const long = 'x'.repeat(500);
    expect(await tableLines([cells('a', long)], { header: ['KEY', 'TITLE'] })).toEqual(['KEY\tTITLE', `a\t${long}`]);
  });

  it('cuts the widest column first, down to what the terminal has', async () => {
    const [line = ''] = await tableLines([cells('short', 'y'.repeat(100), 'z'.repeat(30))], { width: 50 });
    expect(line).toHaveLength(50);
    expect(line).toMatch(/^short {2}y+… {2}z/);
  });

  it('sets numbers to the right', async () => {
    const lines = await tableLines([cells('1', 'a'), cells('100', 'b')], { width: 80, alignRight: [true, false] });
    expect(lines).toEqual(['  1  a', '100  b']);
  });

  it('never lets a value drive the terminal', async () => {
    const [line] = await tableLines([cells('a\u001b[2Jb\nc\u009bd\te')], {});
    expect(line).toBe('a [2Jb c d e');
  });

  it('colours after cutting, so that widths stay right', async () => {
    const paint = (text: string): string => `<${text}>`;
    expect(await tableLines([[{ text: 'ok', paint }, { text: 'x' }]], { width: 80 })).toEqual(['<ok>  x']);
  });
});
