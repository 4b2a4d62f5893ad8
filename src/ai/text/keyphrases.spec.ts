import { keyphrasesOf } from './keyphrases.js';

describe('keyphrasesOf', () => {
  it('finds what a text is about, not how it says it', () => {
    const text =
      'A sink connector for PostgreSQL. It reads change events and writes them to tables; schema evolution is automatic. Schema evolution can be switched off.';
    const phrases = keyphrasesOf(text, 5).map(({ phrase }) => phrase);
    expect(phrases).toContain('schema evolution');
    expect(phrases).toContain('sink connector');
    expect(phrases.join(' ')).not.toMatch(/\b(is|can|them|for)\b/);
    expect(keyphrasesOf(text, 5)[0].score).toBe(1);
  });

  it('finds none where there are none', () => {
    expect(keyphrasesOf('It is what it is. 1 2 3', 5)).toEqual([]);
  });
});
