import { EnvError, readEnv } from './load-env.js';

const ISSUER = 'https://login.example/realms/main';

function wrong(source: Record<string, string>): readonly string[] {
  try {
    readEnv(source);
  } catch (error) {
    if (error instanceof EnvError) return error.problems.map((problem) => problem.split(' ')[0]);
    throw error;
  }
  return [];
}

describe('the settings of an outside issuer', () => {
  it('are none by default', () => {
    expect(readEnv({})).toMatchObject({ oidcAudience: [], oidcRoleClaim: 'roles' });
    expect(readEnv({}).oidcIssuer).toBeUndefined();
    expect(readEnv({}).oidcRoleMap.size).toBe(0);
  });

  it('need an audience: a token for somebody else must not hold here', () => {
    expect(wrong({ OIDC_ISSUER: ISSUER })).toEqual(['OIDC_AUDIENCE']);
    expect(readEnv({ OIDC_ISSUER: ISSUER, OIDC_AUDIENCE: 'a, b' }).oidcAudience).toEqual(['a', 'b']);
  });

  it.each([
    'http://login.example',
    'login.example',
    'https://user:pw@login.example',
    'https://login.example/?tenant=1',
    'https://login.example/#x',
    'ftp://login.example',
  ])('refuse the issuer %s', (issuer) =>
    expect(wrong({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'a' })).toContain('OIDC_ISSUER'),
  );

  it.each(['http://127.0.0.1:9000', 'http://localhost:9000/x', 'http://[::1]:9000', 'https://10.0.0.1/'])(
    'take the issuer %s',
    (issuer) => expect(wrong({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'a' })).toEqual([]),
  );

  it.each(['HS256', 'none', 'RS256,HS512', 'EdDSA'])('refuse the algorithms %s', (algorithms) =>
    expect(wrong({ OIDC_ALGORITHMS: algorithms })).toEqual(['OIDC_ALGORITHMS']),
  );

  it('read what a value of the role claim means, as pairs or as JSON', () => {
    expect([...readEnv({ OIDC_ROLE_MAP: 'a b=viewer, x=y=admin' }).oidcRoleMap]).toEqual([
      ['a b', 'viewer'],
      ['x=y', 'admin'],
    ]);
    const json = '{"CN=devs,OU=it":"developer"}';
    expect([...readEnv({ OIDC_ROLE_MAP: json }).oidcRoleMap]).toEqual([['CN=devs,OU=it', 'developer']]);
    for (const text of ['admins', 'a=', '=admin', 'a=Not A Role', '{"a":1}', '{"a":', '{"a":["admin"]}'])
      expect(wrong({ OIDC_ROLE_MAP: text })).toEqual(['OIDC_ROLE_MAP']);
  });
});
