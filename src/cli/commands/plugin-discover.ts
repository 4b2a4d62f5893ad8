import { pathOf, rowsOf } from '../kinds/kind-request.js';
import { pluginWords } from '../kinds/plugin.words.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { isMachineFormat } from '../output/format.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { joined, manifestDocuments } from './manifest-files.js';

type Found = Record<string, unknown>;

const foundView: View<Found> = {
  fields: ['source', 'document', 'outcome', 'key', 'id', 'detail', 'errors'],
  columns: [
    column('RESULT', 'outcome', { state: true }),
    column('KEY', 'key'),
    { title: 'SOURCE', value: ({ source }) => (source === 'body' ? undefined : source) },
    { title: 'DOCUMENT', value: ({ document }) => Number(document ?? 0) + 1, right: true },
    column('DETAIL', 'detail'),
    column('ID', 'id', { wide: true }),
  ],
  name: (found) => String(found.key ?? found.source ?? ''),
};

export const pluginDiscoverLeaf: LeafSpec = {
  name: 'discover',
  summary: 'Register the plugins of many manifests, from files, folders or URLs',
  description:
    'Files and folders are read here and sent; URLs are read by the registry, which asks public addresses only.\n' +
    'Exit code 9 when some of them could not be registered.',
  arguments: [
    {
      name: 'source',
      summary: 'files, folders or - (YAML of many documents, JSON), or URLs of manifests',
      variadic: true,
      asked: { question: 'Where are the manifests? (file, folder or URL)' },
      completes: 'file',
    },
  ],
  examples: [
    { cmd: 'plugin discover ./plugins' },
    { cmd: 'plugin discover https://plugins.example.com/fraud/plugin.yaml', norun: 'needs a manifest of yours' },
  ],
  effect: 'writes',
  view: foundView,
  operations: ['POST /api/v1/plugins/discover'],
  async run(context, { args }) {
    const sources = args[0] as string[];
    const urls = sources.filter((source) => /^https?:\/\//i.test(source));
    if (urls.length > 0 && urls.length < sources.length) throw usageError('give either URLs, or files and folders');
    const texts = await Promise.all(
      urls.length > 0 ? [] : sources.map((source) => manifestDocuments(source, context.terminal.stdin)),
    );
    const answer = await context.send({
      method: 'POST',
      path: pathOf(pluginWords, 'discover'),
      // What is registered already stays as it is.
      repeatable: true,
      ...(urls.length > 0
        ? { body: { urls }, contentType: 'application/json' }
        : { body: Buffer.from(joined(texts)), contentType: 'application/yaml' }),
    });
    if (!answer) return;
    const found = rowsOf<Found>(answer.json(), 'results');
    const failed = found.filter(({ outcome }) => outcome === 'invalid').length;
    const said = `${found.length - failed} of ${found.length} are registered`;
    if (failed > 0 && isMachineFormat(context.format)) {
      throw new CliError('cli.partial', said, { exitCode: ExitCode.partial, details: { results: found } });
    }
    await context.list(found, foundView);
    context.notice(said);
    if (failed > 0) context.exit(ExitCode.partial);
  },
};
