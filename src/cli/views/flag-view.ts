import { age } from '../output/time.js';
import { cellText } from '../output/fields.js';
import { column, type View } from '../output/view.js';

export interface Evaluation extends Record<string, unknown> {
  key: string;
  environment: string;
  enabled: boolean;
  value: unknown;
  variant: string | null;
  reason: string;
  rule: string | null;
  error_code?: string;
  error_details?: string;
}

export interface ExplanationStep extends Record<string, unknown> {
  kind: string;
  name: string;
  passed: boolean;
  because: string;
  bucket?: number;
  limit?: number;
  steps: ExplanationStep[];
}

export interface Explanation extends Evaluation {
  steps: ExplanationStep[];
}

const EVALUATION_FIELDS = [
  'key',
  'environment',
  'enabled',
  'value',
  'variant',
  'reason',
  'rule',
  'metadata',
  'payload',
  'error_code',
  'error_details',
  'ruleset_revision',
] as const;

export const evaluationView: View<Evaluation> = {
  fields: EVALUATION_FIELDS,
  columns: [
    column('FLAG', 'key'),
    { title: 'ANSWER', value: ({ enabled }) => onOff(enabled) },
    column('VALUE', 'value'),
    column('VARIANT', 'variant'),
    { title: 'REASON', value: ({ reason, error_code }) => error_code ?? reason },
    column('RULE', 'rule'),
    column('ENVIRONMENT', 'environment', { wide: true }),
    column('RULESET', 'ruleset_revision', { wide: true }),
  ],
  name: ({ key }) => key,
};

export const explanationView: View<Explanation> = {
  fields: [...EVALUATION_FIELDS, 'steps'],
  columns: evaluationView.columns,
  name: ({ key }) => key,
};

export const onOff = (enabled: boolean): string => (enabled ? 'on' : 'off');

/** A step of an explanation as a line; `depth` says below what it was looked at. */
export interface StepRow extends Record<string, unknown> {
  passed: boolean;
  step: string;
  because: string;
  bucket?: number;
  limit?: number;
}

export function* stepRows(steps: readonly ExplanationStep[], depth = 0): Generator<StepRow> {
  for (const { kind, name, passed, because, bucket, limit, steps: inner } of steps) {
    yield {
      passed,
      step: `${'  '.repeat(depth)}${name.startsWith(`${kind} `) ? '' : `${kind} `}${name}`.trimEnd(),
      because,
      bucket,
      limit,
    };
    yield* stepRows(inner ?? [], depth + 1);
  }
}

export const stepRowView: View<StepRow> = {
  fields: ['passed', 'step', 'because', 'bucket', 'limit'],
  columns: [
    column('STEP', 'step'),
    { title: 'HOLDS', value: ({ passed }) => (passed ? 'yes' : 'no') },
    column('BECAUSE', 'because'),
    column('BUCKET', 'bucket', { wide: true, right: true }),
    column('LIMIT', 'limit', { wide: true, right: true }),
  ],
  name: ({ step }) => step.trim(),
};

export interface Segment extends Record<string, unknown> {
  key: string;
  revision: number;
  included?: string[] | null;
  excluded?: string[] | null;
}

export const segmentView: View<Segment> = {
  fields: [
    'key',
    'name',
    'description',
    'included',
    'excluded',
    'clause',
    'constraints',
    'id',
    'revision',
    'created_at',
    'updated_at',
  ],
  columns: [
    column('SEGMENT', 'key'),
    { title: 'INCLUDED', value: ({ included }) => included?.length ?? 0, right: true },
    { title: 'EXCLUDED', value: ({ excluded }) => excluded?.length ?? 0, right: true },
    { title: 'CONDITION', value: ({ clause, constraints }) => clauseText(clause) || cellText(constraints) },
    { title: 'AGE', value: ({ updated_at }) => age(updated_at), right: true },
    column('NAME', 'name', { wide: true }),
    column('REVISION', 'revision', { wide: true, right: true }),
  ],
  name: ({ key }) => key,
};

/** As it is typed where it is one condition, else as JSON. */
function clauseText(clause: unknown): string {
  const { attribute, operator, values, ...rest } = (clause ?? {}) as Record<string, unknown>;
  const plain = typeof attribute === 'string' && typeof operator === 'string' && Object.keys(rest).length === 0;
  return plain ? `${attribute} ${operator} ${cellText(values)}`.trim() : cellText(clause);
}
