import { readFileSync } from 'node:fs';
import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { questionFor } from './batch-answer.js';
import { masked } from './identity.js';

interface Finding {
  token: string;
  type: string;
  url?: string;
  source?: string;
}

interface Feedback extends Record<string, unknown> {
  token_hash: string;
  token_type: string;
  label: 'true_positive' | 'false_positive';
}

const USUAL_TYPE = 'universal_registry_key';

const feedbackView: View<Feedback> = {
  fields: ['token_hash', 'token_type', 'label'],
  columns: [
    { title: 'KEY', value: ({ label }) => (label === 'true_positive' ? 'one of ours' : 'none of ours') },
    column('TYPE', 'token_type'),
    column('SHA-256', 'token_hash'),
  ],
  name: ({ token_hash: hash }) => hash,
};

export const keyLeakedCommand: LeafSpec = {
  name: 'leaked',
  summary: 'Report keys that were found where they do not belong: those of this registry are revoked',
  description:
    'One key a line, or findings as GitHub secret scanning sends them (JSON: token, type, url, source). They are never\n' +
    'taken from the command line. What is done with each sort of key is said by LEAKED_KEY_POLICY of the registry.',
  options: [
    { flags: '-f, --file <file>', summary: 'where they stand (default: standard input)', common: true },
    { flags: '--url <url>', summary: 'where they were found', common: true },
  ],
  examples: [
    { cmd: 'key leaked --url https://github.com/acme/shop/blob/main/.env --yes < leaked.txt' },
    { cmd: 'key leaked -f findings.json --dry-run', norun: 'needs a file of yours' },
  ],
  effect: 'deletes',
  view: feedbackView,
  operations: ['POST /api/v1/security/leaked-keys'],
  async run(context, { options }) {
    context.assertMayConfirm();
    const { file, url } = options as { file?: string; url?: string };
    const text = file === undefined || file === '-' ? await context.readStdin('the leaked keys') : read(file);
    const findings = findingsIn(text).map((finding) => (url === undefined ? finding : { ...finding, url }));
    const what = findings.length === 1 ? 'a key' : `${findings.length} keys`;
    if (!context.dryRun)
      await context.confirm(questionFor(context, `Report ${what} as leaked, to be revoked for ever`));
    const feedback = await report(context, findings);
    if (!feedback) return;
    await context.list(feedback, feedbackView);
    const ours = feedback.filter(({ label }) => label === 'true_positive').length;
    context.notice(`${ours} of ${feedback.length} ${ours === 1 ? 'was a key' : 'were keys'} of this registry`);
  },
};

async function report(context: CommandContext, findings: readonly Finding[]): Promise<Feedback[] | undefined> {
  // What a dry run prints must not spread them further.
  const body = context.dryRun ? findings.map(({ token, ...rest }) => ({ token: masked(token), ...rest })) : findings;
  const answer = await context.send({ method: 'POST', path: '/api/v1/security/leaked-keys', body });
  return answer?.json<Feedback[]>();
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw usageError(`cannot read ${JSON.stringify(file)}`, { reason: (cause as Error).message, cause });
  }
}

function findingsIn(text: string): Finding[] {
  const found = /^\s*[[{]/.test(text)
    ? parsed(text)
    : text.split('\n').map((line): Partial<Finding> => ({ token: line.trim() }));
  const findings = found
    .filter(({ token }) => token !== '')
    .map((finding) => ({ ...finding, type: finding.type ?? USUAL_TYPE }) as Finding);
  if (findings.length > 0) return findings;
  throw usageError('no leaked keys were given', { reason: 'one a line, or a JSON array of findings' });
}

function parsed(text: string): Partial<Finding>[] {
  try {
    return [JSON.parse(text) as Partial<Finding>].flat();
  } catch (cause) {
    throw usageError('the findings are not valid JSON', { reason: (cause as Error).message, cause });
  }
}
