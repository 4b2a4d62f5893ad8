import { parseMoment } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { column } from '../output/view.js';
import { clauseOf } from './flag-clause.js';
import { given, numberOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';
import { valueOf } from './typed-value.js';

export const STRATEGIES = ['instant', 'gradual', 'canary', 'blue_green', 'ab_test'] as const;

export const featureFlagWords: KindWords = {
  name: 'feature-flag',
  path: 'features',
  one: 'a feature flag',
  summary: 'Roll out, evaluate and explain feature flags',
  description:
    'A flag is named by its id, its key (feat_new-checkout) or its name (new-checkout). What an environment says\n' +
    'otherwise is set by --environment, or by --set environments.production.percentage=5.',
  fields: [
    'default_value',
    'variants',
    'strategy',
    'percentage',
    'stickiness',
    'rules',
    'segments',
    'prerequisites',
    'schedule',
    'guardrail',
    'expires_at',
    'definition',
    'flag_key',
    'dialect',
    'environments',
    'evaluation_metadata',
    'rollouts',
  ],
  columns: [
    column('STRATEGY', 'strategy'),
    { title: '%', value: ({ percentage }) => percentage, right: true },
    { title: 'VARIANTS', value: ({ variants }) => keysOf(variants), wide: true },
    { title: 'ENVIRONMENTS', value: ({ environments }) => Object.keys(environments ?? {}), wide: true },
    column('DIALECT', 'dialect', { wide: true }),
  ],
  flags: [
    {
      flags: '--default <value>',
      field: 'default_value',
      summary: 'answer while it is off; may be JSON (default false)',
      common: true,
      read: valueOf,
    },
    {
      flags: '--variant <key[:weight][=value]>',
      field: 'variants',
      summary: 'what it answers while it is on: blue, blue:50 or blue:50=#00f',
      repeatable: true,
      common: true,
      read: variantOf,
    },
    { flags: '--strategy <strategy>', field: 'strategy', summary: STRATEGIES.join(', '), common: true },
    {
      flags: '--percentage <n>',
      field: 'percentage',
      summary: 'how many have it, 0 to 100',
      common: true,
      read: numberOf,
    },
    {
      flags: '--rule <rule>',
      field: 'rules',
      summary: "'email ends_with @example.com -> green', or JSON; in order",
      repeatable: true,
      common: true,
      read: clauseOf,
    },
    {
      flags: '--segment <key>',
      field: 'segments',
      summary: 'only its members',
      completes: 'segment',
      repeatable: true,
    },
    {
      flags: '--requires <flag>',
      field: 'prerequisites',
      summary: 'another flag that must be on; flag=off, flag=variant',
      repeatable: true,
      read: prerequisiteOf,
    },
    { flags: '--stickiness <attribute>', field: 'stickiness', summary: 'decides who takes part (default the key)' },
    {
      flags: '--guardrail <metric>limit>',
      field: 'guardrail',
      summary: "what pauses the rollout: 'error_rate>0.05'",
      read: guardrailOf,
    },
    { flags: '--expires <time>', field: 'expires_at', summary: 'off from then on: 30d, 2030-01-01', read: parseMoment },
  ],
  filters: [
    { flags: '--strategy <strategy>', summary: STRATEGIES.join(', '), common: true },
    { flags: '--dialect <dialect>', summary: 'native, unleash or flagd', completes: ['native', 'unleash', 'flagd'] },
  ],
  verbs: [
    { name: 'enable', summary: 'Enable a feature flag' },
    { name: 'test', summary: 'Open a feature flag to those only whom its rules or segments name' },
    { name: 'disable', summary: 'Disable a feature flag everywhere: it answers its default' },
    { name: 'archive', summary: 'Archive a feature flag: it answers its default and is left out of bulk answers' },
    { name: 'restore', summary: 'Take a feature flag out of the archive, disabled', next: 'enable' },
  ],
  sample: {
    id: 'feat_new-checkout',
    create:
      "feature-flag create new-checkout --default classic --variant blue:50 --variant green:50 --rule 'email ends_with @example.com -> green'",
    update: 'feature-flag update feat_new-checkout --owner shop --stickiness account_id',
  },
};

function keysOf(variants: unknown): string[] {
  return Array.isArray(variants) ? variants.map((variant) => String((variant as { key?: unknown }).key)) : [];
}

/** The weight stands beside the key: a value may hold anything. */
function variantOf(text: string, flag: string): Record<string, unknown> {
  const [, key, weight, value] = /^([^:=\s]+)(?::(\d+(?:\.\d+)?))?(?:=([^]*))?$/.exec(text) ?? [];
  if (key === undefined) {
    throw usageError(`${flag} ${JSON.stringify(text)} is not a variant`, {
      reason: 'write blue, blue:50 or blue=#00f',
    });
  }
  return given({
    key,
    value: value === undefined ? key : valueOf(value),
    weight: weight === undefined ? undefined : Number(weight),
  });
}

function prerequisiteOf(text: string): Record<string, unknown> {
  const at = text.indexOf('=');
  if (at < 0) return { flag: text };
  const [flag, wanted] = [text.slice(0, at), text.slice(at + 1)];
  return wanted === 'on' || wanted === 'off'
    ? { flag, enabled: wanted === 'on' }
    : { flag, variants: wanted.split(',') };
}

const OPERATORS: Record<string, string> = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' };

function guardrailOf(text: string, flag: string): Record<string, unknown> {
  const [, metric, operator = '', limit = ''] = /^([^\s<>=]+)\s*([<>]=?)\s*(\S+)$/.exec(text.trim()) ?? [];
  if (metric === undefined) {
    throw usageError(`${flag} ${JSON.stringify(text)} is not a limit`, { reason: "write 'error_rate>0.05'" });
  }
  return { metric, operator: OPERATORS[operator], limit: numberOf(limit, flag) };
}
