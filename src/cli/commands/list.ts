import { usageError } from '../core/errors.js';
import type { LeafSpec } from '../spec/types.js';
import { entryView } from '../views/entry-view.js';
import { FILTER_OPTIONS, filterQuery, PAGE_OPTIONS, pageWish } from './list-options.js';
import { printPages } from './pages.js';
import { openEntryChanges, watchEntries } from './watch-entries.js';

export const listCommand: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List entries, by type and feature',
  arguments: [
    { name: 'type', summary: 'plugin, service, resource, … (all when left out)', completes: 'type' },
    { name: 'feature', summary: 'feature category such as ai-ml', completes: 'feature' },
  ],
  options: [
    ...FILTER_OPTIONS,
    ...PAGE_OPTIONS,
    { flags: '-w, --watch', summary: 'then go on showing changes as they happen' },
  ],
  examples: [
    { cmd: 'list', note: 'the first 50 of everything' },
    { cmd: 'list plugin ai-ml' },
    { cmd: 'list resource --tag libs --sort=-updated_at --limit 20' },
    { cmd: 'list service --health unhealthy -o name', note: 'keys for other commands' },
  ],
  effect: 'reads',
  view: entryView,
  operations: ['GET /api/v1/entities'],
  async run(context, { args, options }) {
    const [type, feature] = args as [string | undefined, string | undefined];
    const query = {
      ...filterQuery(options),
      ...positional('type', type, options),
      ...positional('feature', feature, options),
    };
    const wish = pageWish(options);
    // Opened before the list is read: no change between the two is missed.
    const changes = options.watch === true ? await openEntryChanges(context) : undefined;
    await printPages(context, { path: '/api/v1/entities', query, wish, view: entryView, none: 'no entries match' });
    if (changes) await watchEntries(context, query, changes);
  },
};

function positional(name: string, word: string | undefined, options: Record<string, unknown>): Record<string, string> {
  if (word === undefined) return {};
  if (options[name] !== undefined && options[name] !== word)
    throw usageError(`${name} is given twice: ${word} and --${name}`);
  return { [name]: word };
}
