import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FirstKeyAnnouncement } from './gateway/keys/first-key.js';
import type { Env } from './platform/env/env.js';
import { VERSION } from './platform/env/version.js';

/** The address to try from this machine. */
export function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = ['0.0.0.0', '::', '::0'].includes(host) ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** What a person who has just started the service wants to know: where to look, and with which key. */
export function announcement(env: Env, url: string, key: FirstKeyAnnouncement): string {
  const lines: [string, string][] = [
    ['API', `${url}/api/v1`],
    ['Documentation', `${url}/docs`],
    ['Data', env.databaseUrl ? `PostgreSQL at ${placeOf(env.databaseUrl)}` : `${env.dataDir} (PostgreSQL inside)`],
    ...keyLines(env, url, key),
  ];
  const rows = lines.map(([name, text]) => `  ${name.padEnd(15)}${text}`);
  return `\n  Universal Registry ${VERSION} is ready.\n\n${rows.join('\n')}\n\n`;
}

function keyLines(env: Env, url: string, { key, file, note }: FirstKeyAnnouncement): [string, string][] {
  const lines: [string, string][] = [];
  if (key) {
    lines.push(
      ['Admin key', key],
      ['', `shown only now${file ? `; it stands in ${file}, where the command line finds it` : ''}`],
    );
  } else if (file) lines.push(['Admin key', `in ${file}`]);
  else lines.push(['Admin key', env.adminKey ? 'the one of REGISTRY_ADMIN_KEY' : 'the one shown at the first start']);
  if (note) lines.push(['', note]);
  const shown = file ? `$(cat ${file})` : (key ?? '<key>');
  lines.push(['Try', `curl -H "X-API-Key: ${shown}" ${url}/api/v1/entities`]);
  return lines;
}

/** Host and database of a connection string; never its user or password. */
function placeOf(databaseUrl: string): string {
  if (!URL.canParse(databaseUrl)) return 'DATABASE_URL';
  const { host, pathname, searchParams } = new URL(databaseUrl);
  return `${host || searchParams.get('host') || 'localhost'}${pathname}`;
}
