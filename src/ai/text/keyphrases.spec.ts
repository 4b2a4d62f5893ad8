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

  it('cuts possessives and signs off the ends of words, however many signs a word is made of', () => {
    const phrases = keyphrasesOf("The scheduler's-- queue. A scheduler.'s queue", 5).map(({ phrase }) => phrase);
    expect(phrases[0]).toBe('scheduler queue');
    const began = performance.now();
    for (const sign of ['-', '.', "'", "'s"]) keyphrasesOf(`a${sign.repeat(100_000)}b`, 5);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('finds none where there are none', () => {
    expect(keyphrasesOf('It is what it is. 1 2 3', 5)).toEqual([]);
  });
});
