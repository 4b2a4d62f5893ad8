import { safetyOfPost } from './idempotency.js';

describe('what makes a POST safe to send again', () => {
  it.each([
    ['/api/v1/entities', 'keyed'],
    ['/api/v1/services/svc_a@1.0/start', 'keyed'],
    ['/api/v1/a-route-of-later', 'keyed'],
    ['/api/v1/search', 'reads'],
    ['/api/v1/features/feat_a/evaluate', 'reads'],
    ['/api/v1/entities/bulk', 'once'],
    ['/api/v1/grid/nodes/node_a/release', 'once'],
    ['/api/v1/gateway/tokens/refresh', 'once'],
    ['/api/v1/mesh/proxy/route_a/v1/orders/7', 'once'],
  ])('%s: %s', (path, safety) => {
    expect(safetyOfPost(path)).toBe(safety);
  });
});
