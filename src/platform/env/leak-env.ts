import { ValidateBy } from 'class-validator';
import { isKeySource } from './key-source.js';
import { OidcEnv } from './oidc-env.js';
import { FromVariable, pairs, urlOrOff } from './variable.js';

/** What happens to a key that was found where it does not belong. */
export type LeakPolicy = 'revoke' | 'notify';

const KEY_TYPES = ['api_key', 'service_key', 'admin_key'];
const POLICIES: readonly unknown[] = ['revoke', 'notify'] satisfies LeakPolicy[];

const IsKeySource = (): PropertyDecorator =>
  ValidateBy({ name: 'isKeySource', validator: { validate: (value) => value === null || isKeySource(value) } });

const isPolicy = (value: unknown): boolean =>
  value instanceof Map && [...value].every(([type, what]) => KEY_TYPES.includes(type) && POLICIES.includes(what));
const IsPolicy = (): PropertyDecorator => ValidateBy({ name: 'isPolicy', validator: { validate: isPolicy } });

/** Who may report leaked keys by signature, and what follows. */
export class LeakEnv extends OidcEnv {
  /** Public keys of whoever signs reports, in GitHub's format; null when reports need a key of the registry's own. */
  @FromVariable('LEAKED_KEYS_PUBLIC_KEYS_URL', urlOrOff, 'be an https URL (http on this machine only), or off')
  @IsKeySource()
  readonly leakedKeysUrl: string | null = 'https://api.github.com/meta/public_keys/secret_scanning';

  /** By type of key; those that are not named are revoked: whoever reads what leaked can use it. */
  @FromVariable('LEAKED_KEY_POLICY', pairs, 'be pairs such as service_key=notify,admin_key=revoke')
  @IsPolicy()
  readonly leakedKeyPolicy: ReadonlyMap<string, LeakPolicy> = new Map(KEY_TYPES.map((type) => [type, 'revoke']));
}
