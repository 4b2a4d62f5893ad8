import { NAME_PATTERN } from '../../../entries/entry-key.js';
import { keyOfValue, nameOfKey, namePrefixOf, rememberedKey } from './consul-key.js';

const KEYS = [
  'a',
  'app/db/pool',
  'app//db',
  'app/db-pool_size+1',
  'app/application.yml',
  'APP/DB_HOST',
  'app/db_host',
  'folder/',
  '/leading',
  '_x',
  'Ключ/значение',
  ' ',
  'a b',
  `long/${'x'.repeat(600)}`,
  'app,profile/data',
  'app/db+0123456789abcdef',
];

describe('a key of Consul', () => {
  it.each(KEYS)('%j has a name, and is found back by it', (key) => {
    const name = nameOfKey(key);
    expect(name).toMatch(NAME_PATTERN);
    const remembered = rememberedKey(key);
    expect(keyOfValue({ name, metadata: remembered === null ? {} : { consul: { key: remembered } } })).toBe(key);
  });

  it('has a name of its own', () => {
    expect(new Set(KEYS.map(nameOfKey)).size).toBe(KEYS.length);
    expect(nameOfKey('app/db/pool')).toBe('app.db.pool');
    expect(nameOfKey('APP/DB_HOST')).toMatch(/^app\.db_host\+[0-9a-f]{16}$/);
  });

  it('begins, as a name, as the names of all keys that begin so', () => {
    for (const key of KEYS)
      for (let length = 0; length <= key.length; length++)
        expect(nameOfKey(key).startsWith(namePrefixOf(key.slice(0, length)))).toBe(true);
  });

  it('is not what somebody else wrote into the metadata of another value', () => {
    expect(keyOfValue({ name: 'mine', metadata: { consul: { key: 'theirs/X' } } })).toBe('mine');
    expect(keyOfValue({ name: 'db.pool.size', metadata: {} })).toBe('db/pool/size');
  });
});
