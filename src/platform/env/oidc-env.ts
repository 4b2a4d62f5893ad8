import { IsArray, IsIn, IsOptional, Matches, ValidateBy } from 'class-validator';
import { isKeySource } from './key-source.js';
import { FromVariable, list, pairs, text } from './variable.js';

/** Signed with a private key. None that is signed with a shared secret: whoever verifies those can make them too. */
export const OIDC_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
] as const;
export type OidcAlgorithm = (typeof OIDC_ALGORITHMS)[number];

const ROLE_NAME = /^[a-z][a-z0-9_-]{0,62}$/;
const MOST_PAIRS = 1000;

/** As it stands in tokens, to the letter. */
const isIssuer = (value: unknown): boolean => isKeySource(value) && !value.includes('?');
const IsIssuer = (): PropertyDecorator => ValidateBy({ name: 'isIssuer', validator: { validate: isIssuer } });

const NeededWithIssuer = (): PropertyDecorator =>
  ValidateBy({
    name: 'neededWithIssuer',
    validator: {
      validate: (value, args) =>
        (args?.object as OidcEnv | undefined)?.oidcIssuer === undefined || (value as string[]).length > 0,
    },
  });

const isRoleMap = (value: unknown): boolean =>
  value instanceof Map &&
  value.size <= MOST_PAIRS &&
  [...value.values()].every((role) => typeof role === 'string' && ROLE_NAME.test(role));
const IsRoleMap = (): PropertyDecorator => ValidateBy({ name: 'isRoleMap', validator: { validate: isRoleMap } });

/** Whose tokens are taken beside the registry's own, and what they give. */
export class OidcEnv {
  @FromVariable('OIDC_ISSUER', text, 'be the https URL of an issuer as its tokens state it (http on this machine only)')
  @IsOptional()
  @IsIssuer()
  readonly oidcIssuer?: string;

  /** One of these must be among the audiences of a token. */
  @FromVariable('OIDC_AUDIENCE', list, 'say for whom tokens are issued that hold here; OIDC_ISSUER needs it')
  @IsArray()
  @NeededWithIssuer()
  readonly oidcAudience: string[] = [];

  /** Clients whose tokens hold (`azp`, else `client_id`); empty for all. */
  @FromVariable('OIDC_CLIENTS', list, 'be ids of clients, separated by commas')
  @IsArray()
  readonly oidcClients: string[] = [];

  @FromVariable('OIDC_ROLE_CLAIM', text, 'be a claim, a path such as realm_access.roles, or a JSON pointer')
  @Matches(/^[\x21-\x7e]{1,500}$/)
  readonly oidcRoleClaim: string = 'roles';

  /** Value of the claim → name of a role. What is not in it gives nothing. */
  @FromVariable('OIDC_ROLE_MAP', pairs, 'be pairs such as registry-admins=admin,devs=developer, or a JSON object')
  @IsRoleMap()
  readonly oidcRoleMap: ReadonlyMap<string, string> = new Map();

  @FromVariable('OIDC_ALGORITHMS', list, `be some of ${OIDC_ALGORITHMS.join(', ')}`)
  @IsArray()
  @IsIn(OIDC_ALGORITHMS, { each: true })
  @NeededWithIssuer()
  readonly oidcAlgorithms: OidcAlgorithm[] = ['RS256', 'PS256', 'ES256'];
}
