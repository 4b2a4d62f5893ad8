import type { LeafSpec } from '../spec/types.js';
import { entryView, type Entry } from '../views/entry-view.js';

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
  ],
  examples: [
    { cmd: 'get plugin_my-service' },
    { cmd: 'get svc_my-api --json=key,status,health' },
    { cmd: 'get resource_libc6 --include relationships -o yaml' },
  ],
  effect: 'reads',
  view: entryView,
  operations: ['GET /api/v1/entities/{id}'],
  async run(context, { args, options }) {
    const client = await context.client();
    const entry = await client.json<Entry>({
      method: 'GET',
      path: `/api/v1/entities/${encodeURIComponent(String(args[0]))}`,
      query: { include: options.include as string | undefined },
    });
    await context.one(entry, entryView);
  },
};
