import { labelsOf, targetGroup } from './target-group.js';

describe('a group of targets', () => {
  it('has labels that Prometheus takes: fit names, texts as values, and none of what is not known', () => {
    const labels = { service: 'shop', healthy: true, weight: 3, zone: null, tags: ['a', 'b'], 'label_app.io/x': 'y' };
    expect(targetGroup({ host: '10.0.0.1', port: 80, labels })).toEqual({
      targets: ['10.0.0.1:80'],
      labels: {
        __meta_ureg_service: 'shop',
        __meta_ureg_healthy: 'true',
        __meta_ureg_weight: '3',
        __meta_ureg_tags: ',a,b,',
        __meta_ureg_label_app_io_x: 'y',
      },
    });
  });

  it('has an address of IPv6 in brackets', () => {
    expect(targetGroup({ host: 'fd00::1', port: 80, labels: {} }).targets).toEqual(['[fd00::1]:80']);
  });

  it('tells the members of an object one by one', () => {
    expect(labelsOf('metadata', { release: '1', deep: { a: 1 } })).toEqual({
      metadata_release: '1',
      metadata_deep: { a: 1 },
    });
  });
});
