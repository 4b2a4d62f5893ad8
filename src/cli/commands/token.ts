import { parseSeconds } from '../core/duration.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec, OptionSpec } from '../spec/types.js';
import { questionFor } from './batch-answer.js';
import { PERMISSION_OPTION, permissionList } from './permission-options.js';
import { assertShows, keptIn, readSecret, secretFile } from './secret-output.js';

interface AccessToken extends Record<string, unknown> {
  access_token: string;
  expires_in: number;
  refresh_token?: string;
}

interface Jwk extends Record<string, unknown> {
  kid: string;
}

const LONGEST_TOKEN_SECONDS = 3600;

const tokenView: View<AccessToken> = {
  fields: ['access_token', 'token_type', 'expires_in', 'permissions', 'refresh_token', 'refresh_expires_in'],
  columns: [
    column('TOKEN', 'access_token'),
    column('EXPIRES IN', 'expires_in', { right: true }),
    column('PERMISSIONS', 'permissions'),
  ],
  name: (token) => token.access_token,
};

const jwkView: View<Jwk> = {
  fields: ['kid', 'kty', 'alg', 'use', 'n', 'e'],
  columns: [column('KID', 'kid'), column('KTY', 'kty'), column('ALG', 'alg'), column('USE', 'use')],
  name: (key) => key.kid,
};

const REFRESH_FILE: OptionSpec = {
  flags: '-f, --file <file>',
  summary: 'file with the refresh token; the next one takes its place (default: standard input, or it is asked for)',
  common: true,
};

const createCommand: LeafSpec = {
  name: 'create',
  summary: 'Make a short-lived token (JWT) from the key in use',
  description: 'It can do what both it and its key may do, and ends with its key. -q prints the token alone.',
  options: [
    { ...PERMISSION_OPTION, summary: 'a part of what the key may do (default: all of it)' },
    { flags: '--expires <duration>', summary: 'how long it holds, at most 1h (default 15m)', common: true },
    { flags: '--refresh', summary: 'with a refresh token, which "token refresh" takes', common: true },
  ],
  examples: [
    { cmd: 'token create --permission read:entities --expires 5m' },
    { cmd: 'token create --refresh -o json' },
    { cmd: 'token create -q' },
  ],
  effect: 'writes',
  view: tokenView,
  operations: ['POST /api/v1/gateway/tokens'],
  async run(context, { options }) {
    const refresh = options.refresh === true;
    // Another access token is made at once; a refresh token that nobody saw opens the door for weeks.
    if (refresh && !context.dryRun) assertShows(context, tokenView, 'refresh_token');
    const expires =
      options.expires === undefined
        ? undefined
        : parseSeconds(String(options.expires), '--expires', 1, LONGEST_TOKEN_SECONDS);
    const body = { permissions: permissionList(options.permission), expires_in: expires, ...(refresh && { refresh }) };
    const answer = await context.send({ method: 'POST', path: '/api/v1/gateway/tokens', body });
    if (answer) await context.one(answer.json<AccessToken>(), tokenView);
  },
};

const refreshCommand: LeafSpec = {
  name: 'refresh',
  summary: 'Exchange a refresh token for the next access token and the next refresh token',
  description:
    'A refresh token is good for one use. It is read from a file or from standard input, never from the command line.\n' +
    'With --file the next one is written into the file, and is not shown.',
  options: [REFRESH_FILE],
  examples: [
    { cmd: 'token refresh --file refresh.token', norun: 'needs a refresh token' },
    { cmd: 'token refresh < refresh.token', norun: 'needs a refresh token' },
  ],
  effect: 'writes',
  view: tokenView,
  operations: ['POST /api/v1/gateway/tokens/refresh'],
  async run(context, { options }) {
    const path = options.file as string | undefined;
    const token = await readSecret(context, path, 'refresh token');
    const request = {
      method: 'POST',
      path: '/api/v1/gateway/tokens/refresh',
      body: { refresh_token: token },
      secrets: ['refresh_token'],
      once: true,
    } as const;
    if (context.dryRun) return void (await context.send(request));
    assertShows(context, tokenView, path === undefined ? 'refresh_token' : undefined);
    const file = path === undefined ? undefined : secretFile(path);
    const answer = await context.send(request).catch((error: unknown) => {
      file?.drop();
      throw error;
    });
    if (!answer) return;
    const made = answer.json<AccessToken>();
    if (!file || !path || !keptIn(context, file, path, made.refresh_token ?? '')) return context.one(made, tokenView);
    const { refresh_token: _, ...shown } = made;
    return context.one(shown, tokenView);
  },
};

const revokeCommand: LeafSpec = {
  name: 'revoke',
  summary: 'End an access token, or a refresh token with all that came of it',
  description: 'The token is read from a file or from standard input, never from the command line.',
  options: [{ ...REFRESH_FILE, summary: 'file with the token (default: standard input, or it is asked for)' }],
  examples: [
    { cmd: 'token revoke --file refresh.token --yes', norun: 'needs a token' },
    { cmd: 'token revoke --yes < access.token', norun: 'needs a token' },
  ],
  effect: 'deletes',
  operations: ['POST /api/v1/gateway/tokens/revoke'],
  async run(context, { options }) {
    context.assertMayConfirm();
    const token = await readSecret(context, options.file as string | undefined, 'token');
    if (!context.dryRun) await context.confirm(questionFor(context, 'Revoke this token for ever'));
    const answer = await context.send({
      method: 'POST',
      path: '/api/v1/gateway/tokens/revoke',
      body: { token },
      secrets: ['token'],
      repeatable: true,
    });
    if (answer) await context.say('the token opens nothing any more', answer.json<Record<string, unknown>>());
  },
};

const keysCommand: LeafSpec = {
  name: 'keys',
  aliases: ['jwks'],
  summary: 'Show the public keys that tokens are signed with (JWKS)',
  description: 'As JSON it is the key set itself, for programs that check tokens on their own.',
  examples: [{ cmd: 'token keys' }, { cmd: 'token keys -o json' }],
  effect: 'reads',
  view: jwkView,
  operations: ['GET /api/v1/gateway/.well-known/jwks.json'],
  async run(context) {
    const client = await context.client();
    const set = await client.json<{ keys: Jwk[] }>({ method: 'GET', path: '/api/v1/gateway/.well-known/jwks.json' });
    const whole = ['json', 'yaml'].includes(context.format.name) && context.flags.fields === undefined;
    if (whole) await context.one(set, { fields: ['keys'], columns: [], name: () => '' });
    else await context.list(set.keys, jwkView);
    if (set.keys.length === 0) context.notice('no token has been signed yet');
  },
};

export const tokenCommand: GroupSpec = {
  name: 'token',
  summary: 'Make, refresh and revoke short-lived tokens',
  children: [createCommand, refreshCommand, revokeCommand, keysCommand],
};
