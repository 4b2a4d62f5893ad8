import { editDistance, likeliest, oneEditAway } from './spelling.js';

describe('spelling', () => {
  it('counts edits, a swap of neighbours as one', () => {
    expect(editDistance('player', 'player')).toBe(0);
    expect(editDistance('playr', 'player')).toBe(1);
    expect(editDistance('pyhton', 'python')).toBe(1);
    expect(editDistance('kubrentes', 'kubernetes')).toBe(2);
    expect(editDistance('', 'web')).toBe(3);
  });

  it('makes every word one edit away', () => {
    const variants = oneEditAway('web');
    for (const near of ['eb', 'wb', 'we', 'wbe', 'ewb', 'wet', 'webs', 'aweb', 'w3b']) expect(variants).toContain(near);
    expect(variants).not.toContain('web');
    for (const variant of oneEditAway('nginx')) expect(editDistance('nginx', variant)).toBe(1);
  });

  it('picks the nearest word, then the most used', () => {
    const words = [
      { word: 'plays', ndoc: 900 },
      { word: 'prayer', ndoc: 2 },
      { word: 'player', ndoc: 40 },
      { word: 'players', ndoc: 90 },
    ];
    expect(likeliest('playr', words)).toBe('plays');
    expect(likeliest('plaeyr', words)).toBe('player');
  });

  it('takes one edit for short words and two for long ones', () => {
    expect(likeliest('javs', [{ word: 'bash', ndoc: 5 }])).toBeUndefined();
    expect(likeliest('kubrentes', [{ word: 'kubernetes', ndoc: 5 }])).toBe('kubernetes');
    expect(likeliest('kbrentes', [{ word: 'kubernetes', ndoc: 5 }])).toBeUndefined();
  });

  it('does not correct a word to itself', () => {
    expect(likeliest('player', [{ word: 'player', ndoc: 5 }])).toBeUndefined();
  });
});
