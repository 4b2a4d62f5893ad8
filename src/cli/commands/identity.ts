import type { RegistryClient } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import type { Setting } from '../core/settings.js';

/** Whom a key or token stands for. */
export interface Whoami extends Record<string, unknown> {
  id?: string;
  type?: string;
  name?: string;
  credential?: string;
  permissions?: string[];
  roles?: string[];
  expires_at?: string | null;
}

export interface SignedIn {
  key: Setting<string>;
  client: RegistryClient;
  who: Whoami;
}

/** Asks the registry whose the key in use is; without a key, or with one that does not hold, exit code 4. */
export async function signedIn(context: CommandContext): Promise<SignedIn> {
  const { value, source } = await context.key();
  const { server } = context.settings;
  if (value === undefined) {
    throw new CliError('cli.not_signed_in', `no key for ${server.value.host} (server from ${server.source})`, {
      exitCode: ExitCode.auth,
      next: `${context.program} login   (or set UREG_TOKEN)`,
    });
  }
  const client = await context.client();
  return { key: { value, source }, client, who: await whoami(client) };
}

export function whoami(client: RegistryClient): Promise<Whoami> {
  return client.json<Whoami>({ method: 'GET', path: '/api/v1/gateway/whoami' });
}

/** Enough to tell keys apart, not enough to use one. */
export function masked(key: string): string {
  const prefix = /^[a-z]+_/.exec(key)?.[0] ?? '';
  return key.length > 16 ? `${prefix}…${key.slice(-4)}` : '…';
}
