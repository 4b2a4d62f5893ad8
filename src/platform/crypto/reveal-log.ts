/** Injection token of {@link RevealLog}; whoever keeps the audit trail provides it to everyone. */
export const REVEAL_LOG = Symbol('REVEAL_LOG');

/** What was shown in the clear: whose it is and which of its secrets, never their values. */
export interface RevealedSecrets {
  /** `id` and `key` as the wire has them. */
  entity: { type: string; id: string; key: string };
  fields: readonly string[];
}

/** Keeps a record of secrets shown. */
export interface RevealLog {
  /** Before they are shown, and outside of any transaction; what throws here is not shown. */
  revealed(secrets: readonly RevealedSecrets[]): Promise<void>;
}
