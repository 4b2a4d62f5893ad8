import { MASK, secretFieldErrors, secretFieldsOf, secretNames, valueAt, withValues } from './secret-fields.js';

const pointers = (metadata: Record<string, unknown>, ...names: string[]): string[] =>
  secretFieldsOf(metadata, secretNames({ encrypted_fields: names })).map(({ pointer }) => pointer);

describe('the secret keys of metadata', () => {
  it('are found by dotted name, in every way it may be read', () => {
    const metadata = {
      password: 'a',
      db: { password: 'b', 'x.y': 1 },
      'db.password': 'c',
      'a/b~c': 'd',
      list: [{ key: 'e' }],
    };
    expect(pointers(metadata, 'password')).toEqual(['/password']);
    expect(pointers(metadata, 'db.password').toSorted()).toEqual(['/db.password', '/db/password']);
    expect(pointers(metadata, 'db.x.y')).toEqual(['/db/x.y']);
    expect(pointers(metadata, 'a/b~c')).toEqual(['/a~1b~0c']);
    expect(pointers(metadata, 'list.0.key')).toEqual(['/list/0/key']);
    expect(pointers(metadata, 'nothing', 'password.deeper', 'toString', 'constructor.name')).toEqual([]);
  });

  it('hide what lies within them', () => {
    expect(pointers({ db: { password: 'b' } }, 'db.password', 'db')).toEqual(['/db']);
    expect(pointers({ db: { password: 'b' }, dbx: 1 }, 'db', 'dbx')).toEqual(['/db', '/dbx']);
  });

  it('are replaced without touching the original', () => {
    const metadata = { db: { password: 'b', user: 'u' }, 'a/b': 1 };
    const masked = withValues(metadata, new Map([['/db/password', MASK], ['/a~1b', MASK]])); // prettier-ignore
    expect(masked).toEqual({ db: { password: MASK, user: 'u' }, 'a/b': MASK });
    expect(metadata.db.password).toBe('b');
    expect([valueAt(masked, '/db/password'), valueAt(masked, '/db/other'), valueAt(masked, '/a~1b/x')]).toEqual([
      MASK,
      undefined,
      undefined,
    ]);
  });

  it('may be named __proto__', () => {
    const metadata = JSON.parse('{"__proto__":"secret"}') as Record<string, unknown>;
    expect(pointers(metadata, '__proto__')).toEqual(['/__proto__']);
    expect(JSON.stringify(withValues(metadata, new Map([['/__proto__', MASK]])))).toBe(`{"__proto__":"${MASK}"}`);
  });

  it.each([[[]], [['password', 'db.password']], [undefined]])('are named by %j', (names) =>
    expect(secretFieldErrors(names)).toEqual([]),
  );

  it.each([
    ['password'],
    [null],
    [{}],
    [[1]],
    [['']],
    [['a..b']],
    [['.a']],
    [['x'.repeat(257)]],
    [Array(51).fill('a')],
  ])('are not named by %j, and rows that say so have none', (names) => {
    expect(secretFieldErrors(names)).toHaveLength(1);
    const own = Array.isArray(names) && names.length > 50;
    if (!own) expect(secretNames({ encrypted_fields: names })).toEqual([]);
  });
});
