import { bareHost, outboundUrl, portOf } from './outbound-url.js';

describe('a URL to call', () => {
  it('is http or https, with a name or an address', () => {
    const url = outboundUrl('https://Hooks.Example/a?b=c#secret');
    expect([url.href, portOf(url)]).toEqual(['https://hooks.example/a?b=c', 443]);
    expect(bareHost(outboundUrl('http://[2606:4700::1]:8080/'))).toBe('2606:4700::1');
    expect(portOf(outboundUrl('http://8.8.8.8/'))).toBe(80);
    expect(outboundUrl('/next', new URL('http://8.8.8.8/first')).href).toBe('http://8.8.8.8/next');
  });

  it.each([
    'ftp://a.example/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_x',
    'javascript:alert(1)',
    'data:text/plain,x',
    'unix:/var/run/docker.sock',
    'https://user:pass@a.example/',
    'https://user@a.example/',
    'https://a.example@b.example/',
    'https://',
    'not a url',
    '',
    `https://a.example/${'x'.repeat(8192)}`,
  ])('is never %s', (text) => expect(() => outboundUrl(text)).toThrow(/URL/));

  it.each([
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://017700000001/',
    'http://127.1/',
    'http://127.0.1/',
    'http://10.1/',
    'http://134744072/',
    'http://１２７.0.0.1/',
    'http://①②⑦.0.0.1/',
    'http://%31%32%37.0.0.1/',
  ])('writes an IPv4 address plainly, not %s', (text) => {
    expect(() => outboundUrl(text)).toThrow('four decimal numbers');
    expect(() => outboundUrl(text.slice(5), new URL('http://a.example'))).toThrow('four decimal numbers');
  });
});
