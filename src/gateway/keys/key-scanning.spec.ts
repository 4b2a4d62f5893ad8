import { readFileSync } from 'node:fs';
import { KEY_TYPES, makeKey } from './key-format.js';

const FOLDER = 'docs/secret-scanning';
const gitleaks = readFileSync(`${FOLDER}/gitleaks.toml`, 'utf8');
const secretlint = JSON.parse(readFileSync(`${FOLDER}/secretlintrc.json`, 'utf8')) as {
  rules: { options?: { patterns: { pattern: string }[] } }[];
};
const setting = (name: string): string => new RegExp(`^${name} = (.*)$`, 'm').exec(gitleaks)![1];
const written = secretlint.rules.flatMap(({ options }) => options?.patterns ?? [])[0].pattern;

/** Bits per character, as gitleaks counts them. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / text.length) * Math.log2(n / text.length), 0);
}

describe.each([
  ['gitleaks', new RegExp(setting('regex').replaceAll("'''", ''), 'g')],
  ['secretlint', new RegExp(written.replace(/^\/|\/$/g, ''), 'g')],
])('the rule for %s', (_, rule) => {
  const found = (text: string): string[] => [...text.matchAll(rule)].map((match) => match[1]);

  it.each(KEY_TYPES)('finds every %s, wherever it stands, and nothing but the key', (type) => {
    for (let i = 0; i < 500; i++) {
      const key = makeKey(type);
      for (const text of [key, `KEY=${key}\n`, `"${key}",`, `https://x.example/?key=${key}&a=b`, `(${key}).`])
        expect(found(text)).toEqual([key]);
    }
  });

  it('finds no look-alikes', () => {
    const key = makeKey('api_key');
    for (const text of [`${key}0`, key.slice(0, -1), `x${key}`, key.replace('_', '-'), `my_${key}`, 'admin_password'])
      expect(found(text)).toEqual([]);
  });
});

describe('the rule for gitleaks', () => {
  it('asks for less disorder than any key has, and for more than an example', () => {
    const least = Number(setting('entropy'));
    for (const type of KEY_TYPES)
      for (let i = 0; i < 500; i++) expect(entropyOf(makeKey(type))).toBeGreaterThan(least + 0.3);
    expect(entropyOf(`svc_${'0'.repeat(49)}`)).toBeLessThan(least);
  });

  it('looks at every text that may hold a key', () => {
    const words = JSON.parse(setting('keywords')) as string[];
    for (const type of KEY_TYPES) expect(words.some((word) => makeKey(type).includes(word))).toBe(true);
  });
});
