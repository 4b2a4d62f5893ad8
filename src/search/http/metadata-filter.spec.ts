import { isMetadataFilter } from './metadata-filter.js';

describe('the filter on metadata', () => {
  it('takes scalars by dotted path', () => {
    expect(isMetadataFilter({ tier: 'gold', 'limits.cpu': 2, on: true, none: null })).toBe(true);
    expect(isMetadataFilter({})).toBe(true);
  });

  it('refuses what no filter should be', () => {
    const wrong = [
      null,
      [],
      'tier',
      { a: {} },
      { a: [1] },
      { a: Number.NaN },
      { 'a.': 1 },
      { '': 1 },
      { ['a'.repeat(257)]: 1 },
      { ['a.'.repeat(16) + 'a']: 1 },
      { a: 'x'.repeat(1025) },
      Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`p${n}`, n])),
    ];
    for (const filter of wrong) expect(isMetadataFilter(filter)).toBe(false);
  });
});
