import { destinationOf, mirrorOf, rateOf, routeCheckOf, valueMatchOf } from './mesh-parts.js';

const place = (text: string): unknown => destinationOf(text, '--destination');

describe('what a route is made of', () => {
  it('is sent to services, to addresses and to URLs', () => {
    expect(place('svc_orders@1.2.0,subset=v2,weight=20')).toEqual({ service: 'svc_orders@1.2.0', subset: 'v2', weight: 20 }); // prettier-ignore
    expect(place('svc_orders,port=9000')).toEqual({ service: 'svc_orders', port: 9000 });
    expect(place('10.0.3.17:8080,name=stable')).toEqual({ host: '10.0.3.17', port: 8080, name: 'stable' });
    expect(place('[fd00::1]:80')).toEqual({ host: '[fd00::1]', port: 80 });
    expect(place('https://orders.internal')).toEqual({ scheme: 'https', host: 'orders.internal', port: 443 });
    for (const wrong of ['', 'a b', 'svc_a,weight', 'svc_a,wait=1', 'svc_a,weight=x', ',weight=1'])
      expect(() => place(wrong)).toThrow(/--destination/);
  });

  it('is taken by headers as they are typed', () => {
    const match = (text: string): unknown => valueMatchOf(text, '--header');
    expect(match('x-tenant')).toEqual({ name: 'x-tenant', match: 'present' });
    expect(match('x-tenant=a=b')).toEqual({ name: 'x-tenant', match: 'exact', value: 'a=b' });
    expect(match('x-tenant^=ac')).toEqual({ name: 'x-tenant', match: 'prefix', value: 'ac' });
    expect(match('x-tenant~=a.*')).toEqual({ name: 'x-tenant', match: 'regex', value: 'a.*' });
    expect(() => match('=a')).toThrow(/--header/);
  });

  it('has rates, mirrors and checks', () => {
    expect(rateOf('1000/1m', '--rate')).toEqual({ requests: 1000, per_seconds: 60 });
    expect(mirrorOf('shadow=5%', '--mirror')).toEqual({ destination: 'shadow', percentage: 5 });
    expect(mirrorOf('shadow', '--mirror')).toEqual({ destination: 'shadow' });
    expect(routeCheckOf('http=/healthz')).toEqual({ type: 'http', path: '/healthz' });
    expect(routeCheckOf('tcp')).toEqual({ type: 'tcp' });
  });
});
