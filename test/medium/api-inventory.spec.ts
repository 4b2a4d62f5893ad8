import { readFileSync } from 'node:fs';
import { RouteInventory } from '../../src/gateway/route-inventory.js';
import { shippedDocument } from '../support/openapi-operations.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

/** The parts of Express's router that tell what it answers. */
interface Layer {
  name: string;
  route?: { path: string; methods: Record<string, boolean> };
}

/** Pages and their files: for people, so the document of the API leaves them out. */
const PAGES = /^GET \/(docs|redoc)(\/|-json$|-yaml$|$)/;

describe('what the service answers', () => {
  let service: TestApp;
  let layers: Layer[];
  let answered: string[];

  beforeAll(async () => {
    service = await testApp();
    layers = (service.app.getHttpAdapter().getInstance() as { router: { stack: Layer[] } }).router.stack;
    answered = layers
      .flatMap(({ route }) =>
        route ? Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`) : [],
      )
      .sort();
  });
  afterAll(() => service.close());

  it('is what the gateway knows of and guards, route by route', () => {
    const guarded = service.app
      .get(RouteInventory)
      .routes()
      .map(({ name }) => name);
    expect(answered).toEqual([...guarded].sort());
    expect(answered.length).toBeGreaterThan(60);
  });

  it('is what the OpenAPI document describes, route by route, but for the pages of the documentation', async () => {
    const { paths } = shippedDocument();
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    // A colon that begins no parameter is written with a backslash, and a parameter of several segments with a star.
    const plain = answered.map((name) => name.replaceAll('\\', '').replace('/*', '/:')).sort();
    expect(plain.filter((name) => !PAGES.test(name))).toEqual(described.sort());
  });

  it('has the routes that the page on security names', () => {
    const meant = [...readFileSync('docs/security.md', 'utf8').matchAll(/`((?:GET|POST|DELETE) \/api\/[^\s`]+)`/g)];
    expect(meant.length).toBeGreaterThan(5);
    for (const [, name] of meant) expect(answered).toContain(name.replace(/\?.*/, '').replace(/\{(\w+)\}/g, ':$1'));
  });

  it('is nothing besides routes: no layer answers by itself', async () => {
    const others = layers.filter(({ route }) => !route).map(({ name }) => name);
    // Nest's own: around every answer, nothing found, something failed.
    expect(others).toHaveLength(3);
    for (const path of [
      '/.env',
      '/.git/config',
      '/api/v0/entities',
      '/api/v2/entities',
      '/debug',
      '/actuator',
      '/admin',
    ])
      expect((await service.api.get(path)).status).toBe(404);
    for (const method of ['OPTIONS', 'PROPFIND'])
      expect((await service.api.call(method, '/api/v1/entities')).status).toBe(405);
  });
});
