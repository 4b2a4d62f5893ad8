import { isIP } from 'node:net';
import { OutboundError } from './outbound-error.js';

const MOST_LENGTH = 8192;

/** The host as it is looked up and compared: no brackets around an IPv6 address. */
export const bareHost = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

export const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80);

/**
 * A URL that may be called, as far as its text tells; relative ones against `base`.
 * @throws OutboundError `bad_url`
 */
export function outboundUrl(text: string, base?: URL): URL {
  if (text.length > MOST_LENGTH) throw new OutboundError('bad_url', `A URL has at most ${MOST_LENGTH} characters.`);
  if (!URL.canParse(text, base?.href)) throw new OutboundError('bad_url', 'The URL cannot be read.');
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new OutboundError('bad_url', 'The URL must begin with http:// or https://.');
  // They end up in logs, and other software reads the host of such URLs in other ways.
  if (url.username || url.password)
    throw new OutboundError('bad_url', 'The URL must hold no user name and no password.');
  // URL reads 0x7f.1, 017700000001 and 2130706433 as 127.0.0.1. Nobody writes them so who means no harm.
  const host = bareHost(url);
  const inherited = base !== undefined && bareHost(base) === host;
  if (isIP(host) === 4 && !inherited && !text.includes(host))
    throw new OutboundError('bad_url', 'An IPv4 address must be written as four decimal numbers.');
  url.hash = '';
  return url;
}
