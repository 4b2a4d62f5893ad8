import type { CommandContext } from '../core/context.js';
import { parseCount } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { grouped } from '../output/time.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';

interface Fault extends Record<string, unknown> {
  kind: string;
  detail: string;
}

interface Verification extends Record<string, unknown> {
  intact: boolean;
  checked: number;
  head: { seq: number; hash: string };
  broken: Fault[];
  broken_total: number;
  unsealed: { rows: number };
  signed: { from: number; to: number } | null;
}

/** The whole trail is read: minutes where there are millions of rows. */
const PATIENCE_MS = 600_000;

const verificationView: View<Verification> = {
  fields: ['intact', 'checked', 'head', 'broken', 'broken_total', 'unsealed', 'signed'],
  columns: [],
  name: ({ head }) => `${head.seq}:${head.hash}`,
};

const faultView: View<Fault> = {
  fields: ['kind', 'seq', 'to_seq', 'audit_id', 'detail'],
  columns: [
    column('FAULT', 'kind'),
    column('PLACE', 'seq', { right: true }),
    column('ROW', 'audit_id', { right: true }),
    column('DETAIL', 'detail'),
  ],
  name: (fault) => fault.kind,
};

export const auditVerifyCommand: LeafSpec = {
  name: 'verify',
  summary: 'Recompute the chain over the audit trail and say what does not hold',
  description:
    'Exit code 0 when the trail is what was written, 10 when it is not. -q prints the end of the chain alone: note it\n' +
    'elsewhere and give it to --expected-head later, which finds an end that was cut off.',
  options: [
    { flags: '--expected-head <head>', summary: 'an end of the chain noted earlier, <seq>:<hash>', common: true },
    { flags: '--from-seq <n>', summary: 'first place of the chain to look at (default 1)' },
  ],
  examples: [{ cmd: 'audit verify' }, { cmd: 'audit verify -q', note: 'the end of the chain, to be noted' }],
  effect: 'reads',
  view: verificationView,
  operations: ['GET /api/v1/gateway/audit/verify'],
  async run(context, { options }) {
    const expected = options.expectedHead as string | undefined;
    if (expected !== undefined && !/^\d{1,15}:[0-9a-f]{64}$/.test(expected))
      throw usageError('--expected-head is <seq>:<hash>, the hash in 64 hexadecimal digits');
    const from = options.fromSeq as string | undefined;
    const { settings } = context;
    const client = await context.client();
    const found = await client.json<Verification>({
      method: 'GET',
      path: '/api/v1/gateway/audit/verify',
      query: {
        from_seq: from === undefined ? undefined : parseCount(from, '--from-seq', 1, Number.MAX_SAFE_INTEGER),
        expected_head: expected,
      },
      timeoutMs: settings.timeoutGiven ? settings.timeoutMs.value : PATIENCE_MS,
    });
    if (context.speaks) await tell(context, found);
    else await context.one(found, verificationView);
    if (!found.intact) context.exit(ExitCode.no);
  },
};

async function tell(context: CommandContext, found: Verification): Promise<void> {
  const { intact, checked, head, broken, broken_total: total, signed, unsealed } = found;
  const verdict = intact ? context.paint.green('intact') : context.paint.red('broken');
  const parts = [`${verdict}  ${grouped(checked)} places checked, the end is ${head.seq}:${head.hash}`];
  parts.push(signed ? `signed from ${signed.from} to ${signed.to}` : 'not signed');
  if (unsealed.rows > 0) parts.push(`${grouped(unsealed.rows)} rows wait for their place`);
  await context.write(`${parts.join(', ')}\n`);
  if (broken.length > 0) await context.list(broken, faultView);
  if (total > broken.length) context.notice(`showing ${broken.length} of ${grouped(total)} faults`);
}
