import { allOf, constraintOn } from './version-constraint.js';

const state = (metadata: object, version: string, name = 'store'): string =>
  constraintOn(metadata, { name, version }).constraint_state;

describe('a constraint on a relationship', () => {
  test.each([
    ['>=2.0.0,<3.0.0', '2.4.1', 'satisfied'],
    ['>=2.0.0,<3.0.0', '3.0.0', 'unsatisfied'],
    ['>=2.0.0 <3.0.0', '1.9.9', 'unsatisfied'],
    ['store>=2.0.0,<3.0.0', '2.0.0', 'satisfied'],
    ['plugin_store@^1.2', '1.9.0', 'satisfied'],
    ['store ~1.2 || ^2', '1.3.0', 'unsatisfied'],
    ['store', '0.1.0', 'satisfied'],
    ['>=1.0.0', '2.0.0-rc.1', 'unsatisfied'],
    ['^1; <1.5.0', '1.4.0', 'satisfied'],
    ['^1; <1.5.0', '1.6.0', 'unsatisfied'],
    ['==1.2.3', '1.2.3', 'satisfied'],
    ['>= 2.36', '2.36-9+deb12u10', 'satisfied'],
    ['(>= 2.37)', '2.36-9+deb12u10', 'unsatisfied'],
    ['store (>> 1.0~rc1)', '1.0', 'satisfied'],
    ['<< 1.0', '1.0~rc1', 'satisfied'],
    ['^2', '2.36-9+deb12u10', 'unknown'],
    ['>=1.0.0', '', 'unknown'],
    ['as new as can be', '1.0.0', 'unknown'],
    ['x'.repeat(300), '1.0.0', 'unknown'],
  ])('%s is, of version %s, %s', (constraint, version, expected) => {
    expect(constraintOn({ constraint }, { name: 'store', version })).toEqual({
      constraint,
      constraint_state: expected,
    });
  });

  const need = (name: string, op?: string, version?: string) => ({ name, ...(op && { op, version }) });
  test.each([
    [[[need('store', '>=', '2.4')]], '2.36-9', 'satisfied'],
    [[[need('store', '>=', '2.4')]], '2.3', 'unsatisfied'],
    [[[need('store', '>=', '2.4'), need('other')]], '2.3', 'unknown'],
    [[[need('store', '>=', '2.4')], [need('store', '<<', '3')]], '2.5', 'satisfied'],
    [[[need('store', '>=', '2.4')], [need('store', '<<', '3')]], '3.1', 'unsatisfied'],
    [[[need('store', '>=', '2.4')]], '', 'unknown'],
    [[[need('other', '>=', '2.4')]], '2.5', 'unknown'],
  ])('in groups %j is, of version %s, %s', (groups, version, expected) => {
    expect(state({ groups }, version)).toBe(expected);
  });

  test('is told as it is written', () => {
    const groups = [[need('Store', '>=', '2.4'), need('other')], [need('store')]];
    expect(constraintOn({ groups }, { name: 'store', version: '3' }).constraint).toBe('store (>= 2.4) | other, store');
  });

  test('is none where nothing is asked, and in metadata of any other shape', () => {
    const shapes: object[] = [
      {},
      { groups: [[need('store')]] },
      { alternatives: ['store', 'other'] },
      { constraint: '' },
      { constraint: 7 },
      { groups: 'x' },
      { groups: [[null]] },
      { groups: [[{ name: 'store', op: 'constructor', version: '1' }]] },
      { alternatives: [{ name: 'store', op: '>=', version: 7 }] },
    ];
    for (const shape of shapes)
      expect(constraintOn(shape, { name: 'store', version: '1.0.0' })).toEqual({
        constraint: null,
        constraint_state: 'satisfied',
      });
  });

  test('of several relationships is met when all of them are', () => {
    const answers = ['^1', '^2'].map((constraint) => constraintOn({ constraint }, { name: 'store', version: '1.0.0' }));
    expect(allOf(answers)).toEqual({ constraint: '^1; ^2', constraint_state: 'unsatisfied' });
    expect(allOf([answers[0], constraintOn({}, { name: 'store', version: '1.0.0' })])).toEqual(answers[0]);
    expect(allOf([])).toEqual({ constraint: null, constraint_state: 'satisfied' });
  });
});
