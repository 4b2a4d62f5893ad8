import { checkPatterns, likePatterns, typeMatcher } from './event-pattern.js';

describe('patterns of event types', () => {
  const types = ['entity_created', 'entity_deleted', 'entityx', 'health_changed'];

  it.each([
    [[], types],
    [['*'], types],
    [['relationship_*', '*'], types],
    [['entity_created'], ['entity_created']],
    [['entity.*'], ['entity_created', 'entity_deleted']],
    [['entity_*'], ['entity_created', 'entity_deleted']],
    [['entity*'], ['entity_created', 'entity_deleted']],
    [
      ['entity_deleted', 'health.*'],
      ['entity_deleted', 'health_changed'],
    ],
    [['entit_*'], []],
    [['created'], []],
  ])('%j lets %j through, in memory as in SQL', (patterns, expected) => {
    expect(types.filter(typeMatcher(patterns))).toEqual(expected);
    const like = likePatterns(patterns);
    expect(types.filter((type) => like === undefined || like.some((pattern) => isLike(type, pattern)))).toEqual(
      expected,
    );
  });

  it.each([
    ['Entity'],
    ['entity..*'],
    ['%'],
    ['a*b'],
    [''],
    ['entity_created\n'],
    ["x'; DROP TABLE event"],
    ['x'.repeat(70)],
  ])('refuses %j, naming the field', (pattern) => {
    expect(() => checkPatterns([pattern], 'types')).toThrow(
      expect.objectContaining({
        status: 400,
        errors: [{ field: 'types', message: expect.stringContaining('event types') }],
      }),
    );
  });

  it('refuses more than fifty', () => {
    expect(() => checkPatterns(Array(51).fill('*'), 'types')).toThrow('at most 50');
    expect(() => checkPatterns(Array(50).fill('*'), 'types')).not.toThrow();
  });
});

/** LIKE with its default escape. */
const isLike = (text: string, pattern: string): boolean =>
  new RegExp(
    `^${pattern.replace(/\\(.)|(%)|(_)|([^\\%_])/g, (_, escaped: string, all: string, one: string, plain: string) =>
      all ? '.*' : one ? '.' : (escaped ?? plain),
    )}$`,
  ).test(text);
