import { configWords } from '../kinds/config.words.js';
import { kindView } from '../kinds/kind-view.js';
import { cellText } from '../output/fields.js';
import { age } from '../output/time.js';
import { column, type View } from '../output/view.js';
import type { Entry } from './entry-view.js';

const base = kindView(configWords);

/** A value as it is asked for: `source` and `explain` stand beside it. */
export const valueView: View<Entry> = { ...base, fields: [...base.fields, 'source', 'references', 'explain'] };

export interface Resolved extends Record<string, unknown> {
  name: string;
  value: unknown;
  source: { scope: string; scope_id: string | null };
}

export const resolvedView: View<Resolved> = {
  fields: ['name', 'type', 'value', 'encrypted', 'source', 'revision', 'version', 'unresolved', 'masked'],
  columns: [
    column('KEY', 'name'),
    column('TYPE', 'type'),
    column('VALUE', 'value'),
    { title: 'FROM', value: ({ source }) => scopeText(source) },
    column('VERSION', 'version', { right: true, wide: true }),
    column('MISSING', 'unresolved', { wide: true }),
  ],
  name: ({ name }) => name,
};

export interface Candidate extends Record<string, unknown> {
  scope: string;
  scope_id: string | null;
  outcome: string;
}

export const candidateView: View<Candidate> = {
  fields: ['scope', 'scope_id', 'outcome', 'key', 'revision', 'value'],
  columns: [
    { title: 'SCOPE', value: scopeText },
    column('OUTCOME', 'outcome'),
    column('VALUE', 'value'),
    column('REVISION', 'revision', { right: true }),
    column('KEY', 'key', { wide: true }),
  ],
  name: ({ key, scope }) => cellText(key) || scope,
};

export interface Version extends Record<string, unknown> {
  name: string;
  version: number;
  operation: string;
  value: unknown;
}

export const versionView: View<Version> = {
  fields: [
    'name',
    'scope',
    'scope_id',
    'version',
    'operation',
    'type',
    'value',
    'encrypted',
    'validation',
    'default',
    'revision',
    'origin',
    'comment',
    'actor',
    'at',
  ],
  columns: [
    column('VERSION', 'version', { right: true }),
    column('OPERATION', 'operation'),
    column('VALUE', 'value'),
    column('ORIGIN', 'origin'),
    column('COMMENT', 'comment'),
    { title: 'AGE', value: ({ at }) => age(at), right: true },
    column('TYPE', 'type', { wide: true }),
    column('ACTOR', 'actor', { wide: true }),
    column('REVISION', 'revision', { wide: true, right: true }),
  ],
  name: ({ version }) => String(version),
};

export interface Draft extends Record<string, unknown> {
  key: string;
  name: string;
  operation: string;
  outdated: boolean;
}

export const draftView: View<Draft> = {
  fields: [
    'key',
    'name',
    'scope',
    'scope_id',
    'operation',
    'type',
    'value',
    'current_value',
    'base_revision',
    'current_revision',
    'outdated',
    'comment',
    'actor',
    'at',
  ],
  columns: [
    column('KEY', 'key'),
    column('OPERATION', 'operation'),
    column('NOW', 'current_value'),
    column('DRAFT', 'value'),
    { title: 'OUTDATED', value: ({ outdated }) => (outdated ? 'yes' : 'no') },
    { title: 'AGE', value: ({ at }) => age(at), right: true },
    column('COMMENT', 'comment', { wide: true }),
    column('ACTOR', 'actor', { wide: true }),
  ],
  name: ({ key }) => key,
};

/** `global`, `production`, `service production/checkout`. */
export function scopeText({ scope, scope_id: id }: { scope: string; scope_id: string | null }): string {
  return id === null ? scope : `${scope} ${id}`;
}
