import { sentencesOf } from './sentences.js';

const texts = (text: string): string[] => sentencesOf(text).map((sentence) => sentence.text);

describe('sentencesOf', () => {
  it('cuts at the ends of sentences, not after abbreviations, versions or hosts', () => {
    expect(
      texts('Runs on hosts, e.g. Linux or BSD. Needs v2.10.3 of api.example.com! Dr. Smith wrote it. Who else?'),
    ).toEqual([
      'Runs on hosts, e.g. Linux or BSD.',
      'Needs v2.10.3 of api.example.com!',
      'Dr. Smith wrote it.',
      'Who else?',
    ]);
  });

  it('cuts at blank lines and at items of lists, and keeps lines of one paragraph together', () => {
    expect(texts('A title\n\nFirst line\nsecond line.\n - one\n - two\n')).toEqual([
      'A title',
      'First line\nsecond line.',
      '- one',
      '- two',
    ]);
  });

  it('gives each exactly as it stands in the text', () => {
    const text = '  Eins 😀. Zwei!\n\n\tDrei: «vier»?  Fünf';
    for (const { text: sentence, start, end } of sentencesOf(text)) expect(text.slice(start, end)).toBe(sentence);
    expect(texts(text)).toHaveLength(4);
    expect(texts(' \n ')).toEqual([]);
  });
});
