import { RulePattern, wholeWords } from './rule-pattern.js';

const AI = '.*(ai|ml|neural|tensor|pytorch|llm|model).*';
const WEB3 = '.*(blockchain|web3|smart.?contract|defi|nft).*';

describe('RulePattern', () => {
  const ai = new RulePattern(AI);
  const web3 = new RulePattern(WEB3);

  it.each(['tensorflow-svc', 'my-ai-service', 'my_ai_service', 'ai', 'llm.gateway', 'NEURAL-net', 'data-model'])(
    'finds %s to be about AI',
    (name) => {
      expect(ai.matchesName(name)).toBe(true);
    },
  );

  it.each(['html-mailer', 'email', 'maintainer', 'xml', 'train'])(
    'does not take the short alternatives as part of %s',
    (name) => {
      expect(ai.matchesName(name)).toBe(false);
    },
  );

  it('takes a wildcard inside an alternative', () => {
    expect(['smart-contract', 'smartcontract', 'smart contract'].map((name) => web3.matchesName(name))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('wants whole words in prose', () => {
    expect(web3.matchesProse('Definition files for the builder')).toBe(false);
    expect(web3.matchesProse('A DeFi exchange')).toBe(true);
  });

  it.each(['(?=a)b', '(a)\\1', '(', '[a', '((a{900}){900})'])('refuses %s, naming the field', (pattern) => {
    expect(() => new RulePattern(pattern)).toThrow(
      expect.objectContaining({ status: 400, errors: [expect.objectContaining({ field: 'match' })] }),
    );
  });

  it('stays linear for an expression that would stall a backtracking engine', () => {
    const pattern = new RulePattern('(a+)+$');
    const started = performance.now();
    expect(pattern.matchesName(`${'a'.repeat(5000)}b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it.each(['(....|a...)', '(.a|a.)', '(?:aaaa|....)', '(a|a)', 'a?'])(
    'stays linear for %s written out many times, which has no repetition to tell it by',
    (part) => {
      const pattern = new RulePattern(`${part.repeat(40)}[bc]!`);
      const started = performance.now();
      expect(pattern.matchesName(`${'a'.repeat(127)}b${'a'.repeat(100)}`)).toBe(false);
      expect(pattern.matchesProse(`${'a'.repeat(127)}b${'a'.repeat(100)}`)).toBe(false);
      expect(performance.now() - started).toBeLessThan(5000);
    },
  );

  it('refuses repetitions that would make every text slow', () => {
    expect(() => new RulePattern('(a?){1000}b')).toThrow(/too large/);
  });
});

describe('wholeWords', () => {
  it('binds only literal alternatives that are short enough', () => {
    const word = (text: string): string => `(?:^|[^a-z0-9])${text}(?:$|[^a-z0-9])`;
    expect(wholeWords('(ai|neural|c.)', 3)).toBe(`(${word('ai')}|neural|c.)`);
    expect(wholeWords('ai|ml', 3)).toBe(`${word('ai')}|${word('ml')}`);
    expect(wholeWords('k8s', 3)).toBe('k8s');
    expect(wholeWords('(?:[a|b]|vm)', 3)).toBe(`(?:[a|b]|${word('vm')})`);
  });
});
