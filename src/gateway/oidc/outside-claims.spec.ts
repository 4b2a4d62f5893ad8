import { isAccessTokenHeader, nameOf, objectionTo, rolesOf } from './outside-claims.js';

const NOW = 1_800_000_000;
const GOOD = { sub: 'alice', exp: NOW + 60, iat: NOW };
const MAP = new Map([
  ['admins', 'admin'],
  ['devs', 'developer'],
  ['registry.write', 'writer'],
]);

describe('what a rightly signed token of the outside issuer says', () => {
  it('holds with a subject and an end', () => {
    expect(objectionTo(GOOD, [], NOW)).toBeUndefined();
    expect(objectionTo({ ...GOOD, sub: 'auth0|Alice B', azp: 'web', typ: 'Bearer' }, [], NOW)).toBeUndefined();
    expect(objectionTo({ ...GOOD, iat: NOW + 29 }, [], NOW)).toBeUndefined();
  });

  it.each([
    ['no subject', { sub: undefined }],
    ['a subject that is no text', { sub: 7 }],
    ['an empty subject', { sub: '' }],
    ['a subject with a line in it', { sub: 'a\nb' }],
    ['a subject of other than ASCII', { sub: 'аdmin' }],
    ['a subject that ends in a space', { sub: 'alice ' }],
    ['a subject that is too long', { sub: 'x'.repeat(256) }],
    ['no end', { exp: undefined }],
    ['an end that no date can hold', { exp: 1e300 }],
    ['a beginning in the future', { iat: NOW + 31 }],
    ['a beginning that is no number', { iat: 'now' }],
    ['the form of an ID token', { at_hash: 'x' }],
    ['the use of an ID token', { typ: 'ID' }],
    ['the use of a refresh token', { typ: 'Refresh' }],
    ['a key of its holder', { cnf: { jkt: 'x' } }],
    ['a malformed client', { azp: ['a'] }],
  ])('does not hold with %s', (_, changes) => {
    expect(objectionTo({ ...GOOD, ...changes }, [], NOW)).toEqual(expect.any(String));
  });

  it('holds for the named clients only, where some are named', () => {
    expect(objectionTo({ ...GOOD, azp: 'web' }, ['web'], NOW)).toBeUndefined();
    expect(objectionTo({ ...GOOD, client_id: 'web' }, ['web'], NOW)).toBeUndefined();
    for (const other of [{ azp: 'app' }, { azp: 'app', client_id: 'web' }, {}])
      expect(objectionTo({ ...GOOD, ...other }, ['web'], NOW)).toContain('OIDC_CLIENTS');
  });

  it('is an access token by its header', () => {
    for (const typ of [undefined, 'JWT', 'at+jwt', 'application/at+JWT'])
      expect(isAccessTokenHeader({ typ })).toBe(true);
    for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt', '', 7, null])
      expect(isAccessTokenHeader({ typ })).toBe(false);
    expect(isAccessTokenHeader({ typ: 'JWT', crit: ['b64'], b64: false })).toBe(false);
  });

  it.each([
    ['roles', { roles: ['devs', 'admins', 'devs', 'cooks', 7, null] }, ['developer', 'admin']],
    ['roles', { roles: 'devs' }, ['developer']],
    ['roles', { roles: 'devs admins' }, []],
    ['realm_access.roles', { realm_access: { roles: ['devs'] } }, ['developer']],
    ['/realm_access/roles', { realm_access: { roles: ['devs'] } }, ['developer']],
    ['/a~1b/c~0d', { 'a/b': { 'c~d': ['devs'] } }, ['developer']],
    ['https://example.com/roles', { 'https://example.com/roles': ['devs'] }, ['developer']],
    ['scope', { scope: 'openid registry.write' }, ['writer']],
    ['roles', {}, []],
    ['roles', { roles: { devs: true } }, []],
    ['realm_access.roles', { realm_access: ['roles'] }, []],
    ['constructor.name', {}, []],
    ['__proto__.x', {}, []],
  ])('the claim %s of %j gives %j', (claim, payload, roles) => {
    expect(rolesOf(payload, claim, MAP)).toEqual(roles);
  });

  it('names its holder by what there is, fit to be shown', () => {
    expect(nameOf({ sub: 's', name: 'Alice\u0000\nB', email: 'a@b' })).toBe('Alice  B');
    expect(nameOf({ sub: 's', name: ' ', preferred_username: 'alice' })).toBe('alice');
    expect(nameOf({ sub: 's', name: { first: 'A' }, client_id: 'ci' })).toBe('ci');
    expect(nameOf({ sub: 's' })).toBe('s');
    expect(nameOf({ sub: 's', name: 'x'.repeat(9_999) })).toHaveLength(200);
  });
});
