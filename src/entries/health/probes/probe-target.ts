import { OutboundError } from '../../../platform/http-client/outbound-error.js';
import { bareHost } from '../../../platform/http-client/outbound-url.js';

const HOST_PORT = /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<host>[^\s/:@?#[\]]+)):(?<port>\d{1,5})$/i;

export interface HostPort {
  host: string;
  port: number;
}

/** `host:port`, `[::1]:port`. @throws OutboundError `bad_url` */
export function hostPort(text: string): HostPort {
  const groups = HOST_PORT.exec(text.trim())?.groups;
  const port = Number(groups?.port);
  if (!groups || port === 0 || port > 65_535) throw new OutboundError('bad_url', 'The target must be host:port.');
  return { host: groups.v6 ?? groups.host, port };
}

/**
 * A URL with a host, of one of these schemes. Its text is not told in any error: it may hold a password.
 * @throws OutboundError `bad_url`
 */
export function urlOf(text: string, schemes: Readonly<Record<string, number>>): URL & { where: HostPort } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = url?.protocol.slice(0, -1) ?? '';
  if (!url || !Object.hasOwn(schemes, scheme) || url.hostname === '' || url.hostname.includes('%'))
    throw new OutboundError('bad_url', `The target must be a URL such as ${Object.keys(schemes)[0]}://host:port.`);
  return Object.assign(url, { where: { host: bareHost(url), port: Number(url.port) || schemes[scheme] } });
}

/** A part of a URL as it was meant; what cannot be decoded is meant as it stands. */
export function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
