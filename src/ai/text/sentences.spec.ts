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

  it('takes any number of abbreviations for one sentence, at the cost of its length', () => {
    expect(texts('See e.g. i.e. cf. this. Then that.')).toEqual(['See e.g. i.e. cf. this.', 'Then that.']);
    const letters = 'A. '.repeat(60_000);
    const began = performance.now();
    expect(texts(letters)).toEqual([letters.trim()]);
    expect(performance.now() - began).toBeLessThan(8_000);
  });

  it('cuts long texts as short ones', () => {
    const text = `${'It is one of many, e.g. of 1,000. Is it? '.repeat(1_000)}${'A long one goes on '.repeat(1_000)}to its end. So.`;
    const cut = texts(text);
    expect(cut).toHaveLength(2_002);
    expect(cut.slice(1_996).map((one) => one.slice(-12))).toEqual([
      'g. of 1,000.', 'Is it?', 'g. of 1,000.', 'Is it?', ' to its end.', 'So.',
    ]); // prettier-ignore
  });

  it('gives each exactly as it stands in the text', () => {
    const text = '  Eins 😀. Zwei!\n\n\tDrei: «vier»?  Fünf';
    for (const { text: sentence, start, end } of sentencesOf(text)) expect(text.slice(start, end)).toBe(sentence);
    expect(texts(text)).toHaveLength(4);
    expect(texts(' \n ')).toEqual([]);
  });
});
