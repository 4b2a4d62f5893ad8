import { RouteTable } from './route-table.js';

const handler = (): void => undefined;

function table(...paths: string[]): RouteTable {
  const routes = new RouteTable();
  for (const path of paths) routes.add('GET', path, handler);
  return routes;
}

describe('the table of routes', () => {
  const routes = table('/health', '/a/bulk', '/a/:id', '/a/:id/history', '/a/:x/:y', '/:any');

  it.each([
    ['/health', '/health', {}],
    ['/health?x=/a/b', '/health', {}],
    ['/a/bulk', '/a/bulk', {}],
    ['/a/7', '/a/:id', { id: '7' }],
    ['/a/svc_my%20api%2Fx', '/a/:id', { id: 'svc_my api/x' }],
    ['/a/7/history', '/a/:id/history', { id: '7' }],
    ['/a/7/other', '/a/:x/:y', { x: '7', y: 'other' }],
    ['/b', '/:any', { any: 'b' }],
    ['/__proto__', '/:any', { any: '__proto__' }],
  ])('finds %s under %s', (url, path, params) => {
    expect(routes.find('GET', url)).toEqual({ path, handler, params });
  });

  it.each(['/', '', '/a/', '/a//history', '/a/7/history/', '/a/%E0%A4%A', 'http://host/health', '*', '//health'])(
    'leaves %j to Express',
    (url) => {
      expect(routes.find('GET', url)).toBeUndefined();
    },
  );

  it('knows methods apart', () => {
    expect(routes.find('POST', '/health')).toBeUndefined();
    expect(routes.find('HEAD', '/health')).toBeUndefined();
  });

  it('takes the first of two that match, as Express would', () => {
    expect(table('/:id', '/fixed').find('GET', '/fixed')?.path).toBe('/:id');
  });

  it.each(['/a{/:b}', '/v:id', '/:id.json', '/a/:id(\\d+)', '/'])('does not take in %s', (path) => {
    expect(table(path).find('GET', path)).toBeUndefined();
  });

  it('takes whatever comes after a rest, nothing included, once no other route is meant', () => {
    const withRest = table('/files/:id/*path', '/files/:id/info');
    expect(withRest.find('GET', '/files/7/a%20b//c?d')).toMatchObject({
      path: '/files/:id/*path',
      params: { id: '7' },
    });
    for (const url of ['/files/7', '/files/7/', '/files/7?x'])
      expect(withRest.find('GET', url)?.params).toEqual({ id: '7' });
    expect(withRest.find('GET', '/files/7/info')?.path).toBe('/files/:id/info');
    expect(withRest.find('GET', '/files')).toBeUndefined();
  });
});
