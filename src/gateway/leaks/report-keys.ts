import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A key that reports are signed with. */
export interface ReportKey {
  identifier: string;
  publicKey: KeyObject;
}

const MOST_KEYS = 100;

/** The keys of GitHub's list of public keys that are what it promises: ECDSA on P-256. Others are passed over. */
export function reportKeysOf(document: unknown): ReportKey[] {
  const { public_keys: listed } = (document ?? {}) as { public_keys?: unknown };
  if (!Array.isArray(listed)) throw new Error('The list of public keys holds none.');
  return listed.slice(0, MOST_KEYS).flatMap((one: unknown) => reportKeyOf(one) ?? []);
}

function reportKeyOf(one: unknown): ReportKey | undefined {
  const { key_identifier: identifier, key } = (one ?? {}) as Record<string, unknown>;
  if (typeof identifier !== 'string' || typeof key !== 'string') return undefined;
  try {
    const publicKey = createPublicKey(key);
    const onP256 = publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    return publicKey.asymmetricKeyType === 'ec' && onP256 ? { identifier, publicKey } : undefined;
  } catch {
    return undefined;
  }
}
