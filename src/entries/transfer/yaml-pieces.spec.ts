import { parse } from 'yaml';
import { yamlPieces } from './yaml-pieces.js';

const item = (n: number): string => `- name: n${n}\n  text: |\n    entries:\n    - not an item\n`;
const catalog = `entries:\n${[0, 1, 2].map(item).join('')}relationships:\n${[3, 4].map(item).join('')}`;

describe('yamlPieces', () => {
  it('cuts between items only, and gives each piece its heading', () => {
    const pieces = [...yamlPieces(catalog, 1)].map((piece) => parse(piece) as Record<string, { name: string }[]>);
    expect(pieces).toHaveLength(6);
    const names = (list: string) => pieces.flatMap((piece) => piece[list] ?? []).map(({ name }) => name);
    expect(names('entries')).toEqual(['n0', 'n1', 'n2']);
    expect(names('relationships')).toEqual(['n3', 'n4']);
  });

  it('leaves small and otherwise written catalogs whole', () => {
    expect([...yamlPieces(catalog)]).toEqual([catalog]);
    expect([...yamlPieces('{entries: [{name: a}]}', 1)]).toEqual(['{entries: [{name: a}]}']);
    expect([...yamlPieces('', 1)]).toEqual(['']);
  });
});
