import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { PLUGINS, act, registered } from './plugin-fixture.js';

const mesh = (port: number) => ({
  mesh_integration: {
    service_name: 'Scoring',
    port,
    protocol: 'grpc',
    sidecar: true,
    replicas: 2,
    traffic_rules: { timeout_ms: 2000 },
  },
});

describe('plugins in the mesh', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
    await registered(app.api, 'score', '1.0.0', [], mesh(8080));
    await registered(app.api, 'score', '2.0.0', [], mesh(9090));
    await registered(app.api, 'plain', '1.0.0');
  });
  afterAll(() => app.close());

  const entity = async (key: string) => (await app.api.get(`/api/v1/entities/${key}`)).body;
  const view = (key: string) => app.api.get(`${PLUGINS}/${key}/mesh`);

  it('have nothing there before they are active', async () => {
    expect((await view('plugin_score@1.0.0')).body).toMatchObject({
      mesh_integration: { service_name: 'scoring', port: 8080 },
      service: null,
      route: null,
      links: [],
    });
    expect((await view('plain')).body).toEqual({ mesh_integration: null, service: null, route: null, links: [] });
  });

  it('have their service and route, related, once they are active, and once only', async () => {
    for (const verb of ['install', 'activate', 'deactivate', 'activate'])
      expect((await act(app.api, 'plugin_score@1.0.0', verb)).status).toBe(200);
    expect((await view('plugin_score@1.0.0')).body).toMatchObject({
      service: { key: 'svc_scoring', status: 'created' },
      route: { key: 'route_scoring', type: 'mesh_route', status: 'active' },
      links: [
        { source_key: 'plugin_score@1.0.0', type: 'provides', target_key: 'svc_scoring' },
        { source_key: 'plugin_score@1.0.0', type: 'owns', target_key: 'route_scoring' },
        { source_key: 'route_scoring', type: 'belongs_to', target_key: 'svc_scoring' },
      ],
    });
    expect((await entity('svc_scoring')).spec).toMatchObject({ ports: [{ port: 8080, protocol: 'grpc' }] });
    expect((await entity('route_scoring')).spec).toMatchObject({
      type: 'grpc',
      match: { hosts: ['scoring'] },
      destinations: [{ service: 'svc_scoring', weight: 100, port: 8080 }],
      timeout_ms: 2000,
    });
    expect((await app.api.get('/api/v1/services/scoring')).body.name).toBe('scoring');
  });

  it('keep the route while another active version owns it', async () => {
    for (const verb of ['install', 'activate']) await act(app.api, 'plugin_score@2.0.0', verb);
    expect((await entity('svc_scoring')).spec).toMatchObject({ ports: [{ port: 9090 }] });
    await act(app.api, 'plugin_score@1.0.0', 'deactivate');
    expect((await entity('route_scoring')).status).toBe('active');
    await act(app.api, 'plugin_score@2.0.0', 'deactivate');
    expect((await entity('route_scoring')).status).toBe('disabled');
    await act(app.api, 'plugin_score@2.0.0', 'activate');
    expect((await entity('route_scoring')).status).toBe('active');
    expect((await app.api.delete(`${PLUGINS}/plugin_score@2.0.0`)).status).toBe(204);
    expect((await entity('route_scoring')).status).toBe('disabled');
  });

  it('leave a service that others registered as they want it', async () => {
    await app.api.post('/api/v1/services', { name: 'ledger', type: 'database', ports: [{ port: 5432 }] });
    await registered(app.api, 'books', '1.0.0', [], { mesh_integration: { service_name: 'ledger', port: 80 } });
    await act(app.api, 'books', 'install');
    await act(app.api, 'books', 'activate');
    expect((await entity('svc_ledger')).spec).toMatchObject({ type: 'database', ports: [{ port: 5432 }] });
    expect((await view('books')).body.links).toHaveLength(3);
  });

  it('share a service that two of them register at once', async () => {
    const names = ['red', 'green', 'blue'];
    for (const name of names) {
      await registered(app.api, name, '1.0.0', [], { mesh_integration: { service_name: 'colours' } });
      await act(app.api, name, 'install');
    }
    const answers = await Promise.all(names.map((name) => act(app.api, name, 'activate')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await app.api.get('/api/v1/services?q=colours')).body).toHaveLength(1);
  });

  it('are refused a name that no service may have', async () => {
    const body = { name: 'bad', version: '1.0.0', mesh_integration: { service_name: 'no name' } };
    expect((await app.api.post(PLUGINS, body)).body.errors).toMatchObject([{ field: 'mesh_integration.service_name' }]);
  });
});
