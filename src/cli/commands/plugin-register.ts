import { kindView } from '../kinds/kind-view.js';
import { pathOf } from '../kinds/kind-request.js';
import { pluginWords } from '../kinds/plugin.words.js';
import { commandOf } from '../aliases.js';
import { usageError } from '../core/errors.js';
import type { LeafSpec } from '../spec/types.js';
import type { Entry } from '../views/entry-view.js';
import { contentTypeOf, manifestText } from './manifest-files.js';

const pluginView = kindView(pluginWords);

export const pluginRegisterLeaf: LeafSpec = {
  name: 'register',
  summary: 'Register a plugin from its manifest',
  description:
    'The manifest says apiVersion: plugin.nexuspro.io/v1 and kind: Plugin, as YAML or JSON. A folder stands for the\n' +
    'plugin.yaml, plugin.json, manifest.yaml or manifest.json in it, - for standard input.',
  arguments: [
    {
      name: 'path',
      summary: 'manifest, folder that holds one, or -',
      asked: { question: 'Where is the manifest? (file or folder)' },
      completes: 'file',
    },
  ],
  examples: [{ cmd: 'plugin register ./plugin.yaml' }, { cmd: 'plugin register - < feature-store/plugin.yaml' }],
  effect: 'writes',
  view: pluginView,
  operations: ['POST /api/v1/plugins/register'],
  async run(context, { args }) {
    const text = await manifestText(String(args[0]), context.terminal.stdin);
    if (text.trim() === '') throw usageError(`${String(args[0])} is empty`);
    const answer = await context.send({
      method: 'POST',
      path: pathOf(pluginWords, 'register'),
      body: Buffer.from(text),
      contentType: contentTypeOf(text),
    });
    if (!answer) return;
    const plugin = answer.json<Entry>();
    await context.changed(
      `registered ${plugin.key} ${plugin.id}`,
      plugin,
      pluginView,
      `${commandOf(context.program, 'plugin')} install ${plugin.key}`,
    );
  },
};
