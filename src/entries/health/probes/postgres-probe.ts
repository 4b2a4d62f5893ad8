import { isIP } from 'node:net';
import { askPostgres } from '../../../platform/database/postgres-check.js';
import { OutboundError } from '../../../platform/http-client/outbound-error.js';
import type { OutboundSockets } from '../../../platform/http-client/outbound-sockets.js';
import { plain, urlOf } from './probe-target.js';

const SCHEMES = { postgresql: 5432, postgres: 5432 };
const SECURE = new Set(['require', 'verify-ca', 'verify-full']);

/** `postgresql://user:password@host:port/database?sslmode=…`. Well is who lets us in and answers `SELECT 1`. */
export async function probePostgres(
  sockets: OutboundSockets,
  text: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<string> {
  const url = urlOf(text, SCHEMES);
  const mode = url.searchParams.get('sslmode') ?? '';
  const address = await sockets.address(url.where, signal);
  const user = plain(url.username) || 'postgres';
  const target = {
    address,
    port: url.where.port,
    user,
    password: plain(url.password),
    database: plain(url.pathname.replace(/^\//, '')) || user,
    ...(SECURE.has(mode) && {
      secure: {
        verify: mode !== 'require',
        ...(isIP(url.where.host) === 0 && { servername: url.where.host }),
      },
    }),
  };
  try {
    await askPostgres(target, timeoutMs);
    return 'SELECT 1';
  } catch (error) {
    // The server's own words may name roles, databases and addresses; its code tells enough.
    const { code } = error as { code?: string };
    throw new OutboundError('bad_answer', `PostgreSQL did not answer${code ? ` (${code})` : ''}.`);
  }
}
