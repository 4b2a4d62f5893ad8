import { cycleThrough, referencesIn, withReferences } from './references.js';

const VALUES: Record<string, unknown> = { 'db.host': 'pg', port: 5432, opts: { tls: true } };
const valueOf = (key: string): unknown => VALUES[key] ?? `<${key}>`;

describe('references in a value', () => {
  it('are keys in ${}, each once, in texts at any depth; what is no key is plain text', () => {
    expect(referencesIn({ a: '${db.host}:${port}', b: ['${db.host}', '$${not}', '${NOT A KEY}', '${}'] })).toEqual([
      'db.host',
      'port',
    ]);
  });

  it('are replaced within texts, and as they are where a text of JSON is nothing else', () => {
    expect(withReferences('pg://${db.host}:${port}/$${x}${HOME}', valueOf)).toBe('pg://pg:5432/${x}${HOME}');
    expect(withReferences({ a: '${opts}', b: ['x${port}'] }, valueOf)).toEqual({ a: { tls: true }, b: ['x5432'] });
    expect(withReferences('${opts}', valueOf)).toBe('{"tls":true}');
  });

  it('that lead back to their key are found, with the way', () => {
    const edges = new Map([
      ['b', ['c', 'd']],
      ['c', ['a']],
    ]);
    expect(cycleThrough('a', ['b'], edges)).toEqual(['a', 'b', 'c', 'a']);
    expect(cycleThrough('a', ['a'], edges)).toEqual(['a', 'a']);
    expect(cycleThrough('x', ['b'], edges)).toBeUndefined();
  });
});
