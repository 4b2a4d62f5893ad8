import { column, type View } from '../output/view.js';

/** A set of permissions by name. */
export interface Role extends Record<string, unknown> {
  name: string;
  description: string;
  permissions: string[];
  built_in: boolean;
  keys: number;
  revision: number;
}

export const roleView: View<Role> = {
  fields: [
    'name',
    'description',
    'permissions',
    'built_in',
    'keys',
    'created_by',
    'revision',
    'created_at',
    'updated_at',
  ],
  columns: [
    column('NAME', 'name'),
    { title: 'KIND', value: (role) => (role.built_in ? 'built-in' : 'own') },
    column('KEYS', 'keys', { right: true }),
    column('PERMISSIONS', 'permissions'),
    column('DESCRIPTION', 'description'),
    column('REVISION', 'revision', { wide: true, right: true }),
  ],
  name: (role) => role.name,
};
