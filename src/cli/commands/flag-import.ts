import { featureFlagWords } from '../kinds/feature-flag.words.js';
import { pathOf } from '../kinds/kind-request.js';
import { importLeaf } from '../kinds/kind-transfer.js';
import { DRY_RUN_OPTION } from '../spec/global-options.js';
import type { LeafSpec } from '../spec/types.js';
import { importInto } from './import-entries.js';
import { contentTypeOf } from './manifest-files.js';

const FORMATS = ['registry', 'unleash', 'flagd'] as const;
const shared = importLeaf(featureFlagWords);

export const flagImportLeaf: LeafSpec = {
  ...shared,
  summary: 'Import feature flags, as "feature-flag export" wrote them or from Unleash or flagd',
  description:
    "Another tool's document is taken over whole or not at all, and its flags keep their rules and their bucketing, so\n" +
    'that nobody is moved: the export or state of Unleash, the flag definitions of flagd, in JSON or YAML.\n' +
    '- is standard input. Again it changes only what differs.',
  options: [
    { flags: '--format <format>', summary: `${FORMATS.join(', ')} (default registry)`, choices: FORMATS, common: true },
    ...(shared.options ?? []),
    {
      flags: DRY_RUN_OPTION.flags,
      summary: "of another tool's document: say what would become of it, and change nothing",
      common: true,
    },
  ],
  examples: [
    { cmd: 'feature-flag import unleash.json --format unleash --dry-run' },
    { cmd: 'feature-flag import flagd.json --format flagd', norun: 'needs a file of yours' },
    { cmd: 'feature-flag import features.ndjson', norun: 'needs a file of yours' },
  ],
  run(context, { args, options }) {
    const format = (options.format as string | undefined) ?? 'registry';
    const foreign = format !== 'registry';
    return importInto(context, pathOf(featureFlagWords, 'import'), String(args[0]), options, {
      query: { format: foreign ? format : undefined },
      plans: foreign,
      contentType: foreign ? (body) => contentTypeOf(body.toString('utf8')) : undefined,
    });
  },
};
