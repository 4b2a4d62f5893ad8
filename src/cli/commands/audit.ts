import { Readable } from 'node:stream';
import type { QueryValue } from '../core/client.js';
import { usageError } from '../core/errors.js';
import { jsonArray } from '../io/json-array.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec, OptionSpec } from '../spec/types.js';
import { auditVerifyCommand } from './audit-verify.js';
import { PAGE_OPTIONS, pageWish } from './list-options.js';
import { printPages } from './pages.js';
import { timeRange } from './time-range.js';
import { TO_FILE_OPTION, writeOut } from './write-out.js';

const AUDIT_PATH = '/api/v1/gateway/audit';

interface AuditEntry extends Record<string, unknown> {
  id: string;
  at: string;
  actor: { id: string; name: string | null };
  subject: { type: string; id: string | null; key: string | null } | null;
}

const auditView: View<AuditEntry> = {
  fields: [
    'id',
    'at',
    'actor',
    'address',
    'request_id',
    'action',
    'outcome',
    'subject',
    'before',
    'after',
    'details',
    'seal',
  ],
  columns: [
    column('AT', 'at'),
    { title: 'ACTOR', value: ({ actor }) => actor.name ?? actor.id },
    column('ACTION', 'action'),
    column('OUTCOME', 'outcome', { state: true }),
    { title: 'SUBJECT', value: ({ subject }) => subject && (subject.key ?? subject.id ?? subject.type) },
    column('ADDRESS', 'address'),
    column('ACTOR ID', 'actor.id', { wide: true }),
    column('REQUEST', 'request_id', { wide: true }),
    column('SEAL', 'seal.seq', { wide: true, right: true }),
    column('ID', 'id', { wide: true }),
  ],
  name: (entry) => entry.id,
};

const FILTERS: readonly OptionSpec[] = [
  { flags: '--actor <id>', summary: 'only what this key did; also system, anonymous', completes: 'key', common: true },
  { flags: '--action <action>', summary: 'an action such as key.revoke, or an area such as key.*', common: true },
  {
    flags: '--entity <id>',
    summary: 'what it was done to: an id or a key such as svc_my-api',
    completes: 'entry',
    common: true,
  },
  {
    flags: '--outcome <outcome>',
    summary: 'success, denied or failed',
    choices: ['success', 'denied', 'failed'],
    common: true,
  },
  { flags: '--since <time>', summary: 'not before: 2h, 7d, 2030-01-01 or a date and time', common: true },
  { flags: '--until <time>', summary: 'before this time' },
  { flags: '--address <address>', summary: 'only what came from this address' },
  { flags: '--request-id <id>', summary: 'only what this request did' },
];

const listCommand: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List who did what, newest first',
  options: [...FILTERS, ...PAGE_OPTIONS.filter(({ flags }) => !flags.startsWith('--sort'))],
  examples: [
    { cmd: 'audit list --limit 5' },
    { cmd: "audit list --action 'key.*' --since 7d" },
    { cmd: 'audit list --outcome denied -o json' },
  ],
  effect: 'reads',
  view: auditView,
  operations: ['GET /api/v1/gateway/audit'],
  async run(context, { options }) {
    await printPages(context, {
      path: AUDIT_PATH,
      query: filterQuery(options),
      wish: pageWish(options),
      view: auditView,
      uncounted: true,
      none: 'nothing of that was done',
    });
  },
};

const exportCommand: LeafSpec = {
  name: 'export',
  summary: 'Write the audit trail as NDJSON, oldest first, each row with its seal',
  description: 'With -o json as one JSON array.',
  options: [
    TO_FILE_OPTION,
    ...FILTERS,
    { flags: '--proof', summary: 'with the text that the hash of each row was taken of' },
  ],
  examples: [
    { cmd: 'audit export --to audit.ndjson', note: 'everything' },
    { cmd: "audit export --action 'key.*' --since 30d --proof" },
  ],
  effect: 'reads',
  operations: ['GET /api/v1/gateway/audit/export'],
  async run(context, { options }) {
    const format = context.format.name;
    if (!['table', 'jsonl', 'json'].includes(format))
      throw usageError(`the audit trail cannot be written as ${format}`, { reason: 'formats: jsonl, json' });
    const client = await context.client();
    const response = await client.stream({
      method: 'GET',
      path: `${AUDIT_PATH}/export`,
      query: { ...filterQuery(options), proof: options.proof === true ? 'true' : undefined },
      accept: 'application/x-ndjson',
    });
    const rows = format === 'json' ? Readable.from(jsonArray(response)) : response;
    await writeOut(context, rows, options.to as string | undefined);
  },
};

export const auditCommand: GroupSpec = {
  name: 'audit',
  summary: 'See who did what, and prove that nobody changed it',
  children: [listCommand, auditVerifyCommand, exportCommand],
};

function filterQuery(options: Record<string, unknown>): Record<string, QueryValue> {
  const text = (name: string): string | undefined => options[name] as string | undefined;
  return {
    actor: text('actor'),
    action: text('action'),
    entity: text('entity'),
    outcome: text('outcome'),
    address: text('address'),
    request_id: text('requestId'),
    ...timeRange(options),
  };
}
