import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import type { Answer, Json } from '../support/api-client.js';

export const SEARCH = '/api/v1/search';

const ENTRIES = [
  { type: 'resource', name: 'libreoffice', version: '7.4', title: 'office productivity suite (metapackage)' },
  {
    type: 'resource',
    name: 'libreoffice-writer',
    version: '7.4',
    title: 'office productivity suite -- word processor',
  },
  { type: 'resource', name: 'writer2latex', title: 'export filter of LibreOffice Writer documents to LaTeX' },
  {
    type: 'service',
    name: 'web-server',
    title: 'Static files over HTTP',
    owner: 'team-edge',
    tags: ['edge', 'http'],
  },
  {
    type: 'service',
    name: 'edge-proxy',
    title: 'Web proxy',
    description: 'Stands before every web server.',
    tags: ['edge'],
  },
  {
    type: 'plugin',
    name: 'vision',
    version: '1.0.0',
    title: 'Video player & <b>encoder</b>',
    description: 'Plays "video".',
  },
  {
    type: 'model',
    name: 'kubernetes-operator',
    title: 'Kubernetes operator',
    metadata: { limits: { cpu: 2 }, tier: 'gold' },
  },
  {
    type: 'dataset',
    name: 'bounding-boxes',
    description: 'Labelled images; no operator needed.',
    status: 'archived',
  },
];

/** The application with a small catalog to search in. */
export interface SearchedApp {
  app: TestApp;
  /** Public ids by name. */
  ids: Map<string, string>;
}

export async function searchedApp(): Promise<SearchedApp> {
  const app = await testApp();
  const ids = new Map<string, string>();
  for (const entry of ENTRIES) {
    const { status, body } = await app.api.post('/api/v1/entities', entry);
    if (status !== 201) throw new Error(`${entry.name} was not taken: ${JSON.stringify(body)}`);
    ids.set(entry.name, body.id);
  }
  return { app, ids };
}

export const names = (hits: Json[]): string[] => hits.map((hit) => hit.name);

/** Asks until the answer is right, or five seconds have gone: what follows events comes a little later. */
export async function until<T>(ask: () => Promise<T>, right: (answer: T) => boolean): Promise<T> {
  for (let left = 50; ; left--) {
    const answer = await ask();
    if (right(answer) || left === 0) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The hits of a search that must be answered. */
export async function hitsOf(app: TestApp, body: object): Promise<Json[]> {
  const answer: Answer = await app.api.post(SEARCH, body);
  if (answer.status !== 200) throw new Error(`search answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
