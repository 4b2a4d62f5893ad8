import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { printPages } from './pages.js';

interface Feature extends Record<string, unknown> {
  id: string;
  name: string;
}

const featureView: View<Feature> = {
  fields: ['id', 'key', 'name', 'title', 'description', 'icon', 'category', 'namespace', 'entries'],
  columns: [
    column('NAME', 'name'),
    column('TITLE', 'title'),
    column('CATEGORY', 'category'),
    column('NAMESPACE', 'namespace'),
    column('ENTRIES', 'entries', { right: true }),
    column('ID', 'id', { wide: true }),
  ],
  name: (feature) => feature.name,
};

export const featuresCommand: LeafSpec = {
  name: 'features',
  summary: 'List the feature categories',
  examples: [{ cmd: 'features' }, { cmd: 'features -o name' }],
  effect: 'reads',
  view: featureView,
  operations: ['GET /api/v1/feature-categories'],
  run: (context) =>
    printPages<Feature>(context, {
      path: '/api/v1/feature-categories',
      query: {},
      wish: { limit: 0, all: true },
      view: featureView,
      uncounted: true,
      none: 'no feature categories',
    }),
};
