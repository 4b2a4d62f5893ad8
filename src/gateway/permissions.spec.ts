import { PERMISSION_PATTERN, covers, hasPermission, lacking, narrowed } from './permissions.js';
import { beyondType, effective, expanded, isUnrestricted } from './roles/role-permissions.js';
import type { Held } from './roles/role-permissions.js';

describe('permissions', () => {
  it.each([
    ['read:entities', 'read:entities'],
    ['read:*', 'read:entities'],
    ['*:entities', 'write:entities'],
    ['admin:*', 'admin:keys'],
    ['*', 'admin:system'],
    ['*', 'read:secrets'],
    ['*', 'read:*'],
    ['read:*', 'read:*'],
    ['read:secrets', 'read:secrets'],
  ])('%s includes %s', (granted, wanted) => expect(covers(granted, wanted)).toBe(true));

  it.each([
    ['read:entities', 'write:entities'],
    ['read:entities', 'read:entitie'],
    ['read:entities', 'read:entities-archive'],
    ['read:ent*', 'read:entities'],
    ['read:*', 'write:entities'],
    ['read:*', '*'],
    ['read:*', '*:entities'],
    ['*:entities', 'read:graph'],
    ['admin:*', 'read:entities'],
    ['read:entities', 'read:*'],
    ['read:*', 'read:secrets'],
    ['', 'read:entities'],
  ])('%s does not include %s', (granted, wanted) => expect(covers(granted, wanted)).toBe(false));

  it('a principal has what any of its permissions includes', () => {
    expect(hasPermission({ permissions: ['read:graph', 'write:*'] }, 'write:entities')).toBe(true);
    expect(hasPermission({ permissions: [] }, 'read:entities')).toBe(false);
    expect(lacking(['read:*'], ['read:graph', 'write:graph', 'read:secrets'])).toEqual(['write:graph', 'read:secrets']);
  });

  it('narrowing keeps what both allow, also where wildcards cross', () => {
    expect(narrowed(['read:*'], ['*:entities'])).toEqual(['read:entities']);
    expect(narrowed(['read:entities', 'write:graph'], ['read:*'])).toEqual(['read:entities']);
    expect(narrowed(['*'], ['read:*', 'write:graph'])).toEqual(['read:*', 'write:graph']);
    expect(narrowed(['admin:keys'], ['read:*'])).toEqual([]);
    expect(narrowed(['read:*'], ['*:secrets'])).toEqual([]);
  });

  it.each(['*', 'read:*', '*:entities', 'admin:keys', 'write:feature_flag', 'read:ai-ml'])(
    '%s is well-formed',
    (text) => expect(text).toMatch(PERMISSION_PATTERN),
  );

  it.each([
    '',
    'read',
    'read:',
    ':entities',
    'delete:entities',
    'read:en*',
    'read:a:b',
    'read:Entities',
    '**',
    'read:*\n',
  ])('%j is not well-formed', (text) => expect(PERMISSION_PATTERN.test(text)).toBe(false));
});

describe('roles', () => {
  const held = (permissions: string[], role: string | null = null, own: string[] | null = null): Held => ({
    permissions,
    role,
    role_permissions: own,
  });

  it('are written out at use, beside the permissions given', () => {
    expect(expanded(held(['write:graph'], 'viewer'))).toEqual(['write:graph', 'read:*']);
    expect(expanded(held([], 'developer'))).toEqual(['read:*', 'write:plugin', 'write:service']);
    expect(expanded(held(['read:graph'], 'constructor'))).toEqual(['read:graph']);
    expect(expanded(held(['read:graph'], 'own', ['write:graph']))).toEqual(['read:graph', 'write:graph']);
  });

  it('built in mean what they always mean, whatever is said elsewhere', () => {
    expect(expanded(held([], 'viewer', ['*']))).toEqual(['read:*']);
  });

  it('a key that is no admin key administers nothing, whatever its row says', () => {
    expect(effective('api_key', held(['admin:keys', 'read:entities']))).toEqual(['read:entities']);
    expect(effective('service_key', held(['*:entities']))).toEqual(['read:entities', 'write:entities']);
    expect(effective('api_key', held([], 'admin'))).not.toContain('*');
    expect(effective('api_key', held([], 'own', ['admin:keys', 'read:graph']))).toEqual(['read:graph']);
    expect(effective('admin_key', held([], 'admin'))).toEqual(['*']);
  });

  it('of the operator’s own making is no lasting administration', () => {
    expect(isUnrestricted(held([], 'admin'))).toBe(true);
    expect(isUnrestricted(held(['*']))).toBe(true);
    expect(isUnrestricted(held([], 'own', ['*']))).toBe(false);
  });

  it('says which permissions a type can never hold', () => {
    expect(beyondType('api_key', ['read:*', 'admin:keys', '*', '*:entities'])).toEqual([
      'admin:keys',
      '*',
      '*:entities',
    ]);
    expect(beyondType('admin_key', ['*'])).toEqual([]);
  });
});
