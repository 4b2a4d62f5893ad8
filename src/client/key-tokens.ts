import type { TokenSource } from './credential.js';
import { RegistryClient } from './registry-client.js';
import type { SenderOptions } from './sender.js';

export interface KeyTokensOptions extends Omit<SenderOptions, 'token'> {
  apiKey: string;
  /** A part of what the key may do; all of it when left out. */
  permissions?: string[];
  /** Seconds each token is good for. */
  expiresIn?: number;
}

/** Tokens for a key, each made when the one before ends: the key itself goes to the registry only, and only for that. */
export function keyTokens({ permissions, expiresIn, ...options }: KeyTokensOptions): TokenSource {
  const client = new RegistryClient(options);
  return async () => {
    const body = { ...(permissions && { permissions }), ...(expiresIn !== undefined && { expires_in: expiresIn }) };
    return (await client.post('/api/v1/gateway/tokens', { body })).access_token;
  };
}
