import { ruleBroken, rulesProblem, typeOfValue, valueProblem } from './value-rules.js';

describe('the rules of a value', () => {
  it.each([
    ['integer', 3, true],
    ['integer', 3.5, false],
    ['integer', 2 ** 53, false],
    ['integer', '3', false],
    ['float', 3.5, true],
    ['boolean', 'true', false],
    ['json', { a: 1 }, true],
    ['secret', 'x', true],
    ['secret', 1, false],
  ] as const)('of type %s take %j: %s', (type, value, taken) =>
    expect(valueProblem(type, value) === undefined).toBe(taken),
  );

  it.each([
    [{ min: 1 }, 0],
    [{ max: 3 }, 'four'],
    [{ allowed: [1, 2] }, 3],
    [{ pattern: '^[a-z]+$' }, 'aB'],
    [{ json_schema: { type: 'object', required: ['a'] } }, {}],
    [{ json_schema: { $ref: '#' } }, 1],
  ])('%j refuse %j without repeating it', (rules, value) => {
    const told = ruleBroken(rules, value);
    expect(told).toMatch(/^(must|does not fit)/);
    if (typeof value === 'string') expect(told).not.toContain(value);
  });

  it('take what fits them', () => {
    const rules = { min: 2, max: 4, allowed: ['ab', 'abc'], pattern: 'b', json_schema: { type: 'string' } };
    expect(ruleBroken(rules, 'abc')).toBeUndefined();
  });

  it.each([
    ['boolean', { min: 1 }, 'min'],
    ['integer', { min: 3, max: 2 }, 'min'],
    ['integer', { pattern: 'x' }, 'pattern'],
    ['string', { pattern: '(?<=a)b' }, 'pattern'],
    ['integer', { allowed: ['x'] }, 'allowed'],
    ['json', { json_schema: { type: 'nothing' } }, 'json_schema'],
    ['json', { json_schema: { $ref: 'https://example.com/schema' } }, 'json_schema'],
    ['json', { json_schema: { properties: { a: { pattern: '(a+)+$' } } } }, 'json_schema'],
  ] as const)('of a %s cannot be %j', (type, rules, field) =>
    expect(rulesProblem(type, { ...rules, allowed: 'allowed' in rules ? [...rules.allowed] : undefined })?.[0]).toBe(
      field,
    ),
  );

  it('a pattern that would keep a backtracking engine busy for ever is decided at once', () => {
    const before = performance.now();
    expect(ruleBroken({ pattern: '^(a+)+$' }, `${'a'.repeat(5000)}!`)).toBe('must match the pattern');
    expect(performance.now() - before).toBeLessThan(5000);
  });

  it.each([
    ['x', 'string'],
    [1, 'integer'],
    [1.5, 'float'],
    [true, 'boolean'],
    [[], 'json'],
  ])('%j is by itself a %s', (value, type) => expect(typeOfValue(value)).toBe(type));
});
