import { gramBuckets, nameAsWords, tokensOf } from './tokenizer.js';

describe('the tokenizer of the static model', () => {
  it('cuts at everything but letters, digits, + and #', () => {
    expect(tokensOf('C++ & C#: "Größe" über_alles, v1.2')).toEqual(['c++', 'c#', 'größe', 'über', 'alles', 'v1', '2']);
    expect(tokensOf('ﬁle ＡＢＣ')).toEqual(['file', 'abc']);
    expect(tokensOf(' — … ')).toEqual([]);
  });

  it('hashes 3- to 5-grams with the ends marked by FNV-1a', () => {
    // <ab, ab>, <ab>; and for `a` the whole of it.
    expect(gramBuckets('ab', 8192)).toHaveLength(3);
    expect(gramBuckets('a', 8192)).toHaveLength(1);
    // FNV-1a 32 of "<a>", computed by hand from its definition.
    let hash = 0x811c9dc5n;
    for (const sign of '<a>') hash = ((hash ^ BigInt(sign.charCodeAt(0))) * 0x01000193n) & 0xffffffffn;
    expect(gramBuckets('a', 8192)).toEqual([Number(hash % 8192n)]);
    expect(gramBuckets('x'.repeat(100_000), 8192).length).toBeLessThan(200);
  });

  it('splits names on case and punctuation', () => {
    expect(nameAsWords('@types/lodashSplit.js')).toBe('types lodash Split js');
    expect(nameAsWords('HTTPServer-2go')).toBe('HTTP Server 2go');
  });
});
