import type { LeafSpec } from '../spec/types.js';
import { entryView, type Entry } from '../views/entry-view.js';
import { showWhen } from '../waiting/show-when.js';
import { conditionOf, ENTRY, WAIT_FOR_ON_GET } from '../waiting/wait-option.js';
import { pathOf } from '../kinds/kind-request.js';

export const getCommand: LeafSpec = {
  name: 'get',
  aliases: ['show'],
  summary: 'Show one entry',
  description:
    'The id is a UUID or a key such as svc_my-api or plugin_tensorflow@2.1.0.\nA key without @version means the newest version.',
  arguments: [{ name: 'id', summary: 'id or key of the entry', required: true, completes: 'entry' }],
  options: [
    {
      flags: '--include <parts>',
      summary: 'relationships, embedding (comma-separated)',
      completes: ['relationships', 'embedding'],
      list: true,
      common: true,
    },
    WAIT_FOR_ON_GET,
  ],
  examples: [
    { cmd: 'get plugin_my-service' },
    { cmd: 'get svc_my-api --json=key,status,health' },
    {
      cmd: 'get svc_my-api --wait=health=healthy --timeout 2m',
      note: 'in scripts: exit code 10 when it is not by then',
    },
    { cmd: 'get resource_libc6 --include relationships -o yaml' },
  ],
  effect: 'reads',
  view: entryView,
  operations: ['GET /api/v1/entities/{id}'],
  async run(context, { args, options }) {
    const id = String(args[0]);
    const query = { include: options.include as string | undefined };
    const condition = await conditionOf(context, options, ENTRY, { mayGo: true });
    if (condition) {
      return showWhen(context, { condition, id, of: ENTRY, query }, entryView);
    }
    const client = await context.client();
    const entry = await client.json<Entry>({ method: 'GET', path: pathOf(ENTRY, id), query });
    await context.one(entry, entryView);
  },
};
