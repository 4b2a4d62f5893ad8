import { readFileSync } from 'node:fs';
import { Env } from './env.js';
import { EnvError, readEnv } from './load-env.js';
import { variablesOf } from './variable.js';

function problemsOf(source: Record<string, string>): readonly string[] {
  try {
    readEnv(source);
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
  return [];
}

describe('the environment', () => {
  it('has a default for everything that is not a secret or an address', () => {
    const env = readEnv({});
    expect(env).toMatchObject({ port: 8080, host: '127.0.0.1', role: 'all', dataDir: './data', migrateOnStart: false });
    expect(env).toMatchObject({ bodyLimitBytes: 1024 ** 2, bulkLimitBytes: 64 * 1024 ** 2, corsOrigins: [] });
    expect(env.embedded).toBe(true);
  });

  it('has no default for any secret, and opens nothing by default', () => {
    const { adminKey, apiKeyPepper, databaseUrl, masterKeys } = readEnv({});
    expect([adminKey, apiKeyPepper, databaseUrl, masterKeys]).toEqual([undefined, undefined, undefined, []]);
    expect(readEnv({})).toMatchObject({
      host: '127.0.0.1',
      corsOrigins: [],
      metricsPublic: false,
      trustProxy: [],
      outboundAllowedHosts: [],
      oidcAudience: [],
    });
    expect(readEnv({}).oidcIssuer).toBeUndefined();
    const secrets = /^#?[A-Z_]*(ADMIN_KEY|MASTER_KEY|PEPPER|SECRET|PASSWORD)=/;
    const shown = readFileSync('.env.example', 'utf8')
      .split('\n')
      .filter((line) => secrets.test(line));
    expect(shown).toEqual(['#REGISTRY_ADMIN_KEY=', '#REGISTRY_MASTER_KEY=', '#API_KEY_PEPPER=']);
  });

  it('reads numbers, flags, sizes, lists and keys', () => {
    const env = readEnv({
      PORT: '0',
      DATABASE_URL: 'postgresql:///registry?host=/run/postgresql',
      MIGRATE_ON_START: 'Yes',
      METRICS_PUBLIC: '0',
      BODY_LIMIT: '512 KiB',
      BULK_LIMIT: '1g',
      CORS_ORIGINS: 'https://a.example, http://localhost:3000',
      REGISTRY_MASTER_KEY: [7, 8].map((byte) => Buffer.alloc(32, byte).toString('base64')).join(', '),
      TRUST_PROXY: '10.0.0.0/8,loopback',
      LOG_FORMAT: 'json',
    });
    expect(env).toMatchObject({
      port: 0,
      migrateOnStart: true,
      metricsPublic: false,
      bodyLimitBytes: 524_288,
      bulkLimitBytes: 1024 ** 3,
    });
    expect(env.corsOrigins).toEqual(['https://a.example', 'http://localhost:3000']);
    expect(env.trustProxy).toEqual(['10.0.0.0/8', 'loopback']);
    expect(env.masterKeys).toEqual([Buffer.alloc(32, 7), Buffer.alloc(32, 8)]);
    expect(env.embedded).toBe(false);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readEnv({ PORT: '', DATABASE_URL: '  ', CORS_ORIGINS: '' })).toMatchObject({
      port: 8080,
      embedded: true,
      corsOrigins: [],
    });
  });

  it('names every wrong variable in a sentence, all at once', () => {
    expect(
      problemsOf({
        PORT: 'eighty',
        LOG_LEVEL: 'loud',
        BODY_LIMIT: '12 parsecs',
        ROLE: 'boss',
        METRICS_PUBLIC: 'maybe',
      }),
    ).toEqual([
      'PORT must be a whole number from 0 to 65535.',
      'ROLE must be all, api or worker.',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent.',
      'BODY_LIMIT must be a size from 1k to 64m, such as 1m.',
      'METRICS_PUBLIC must be true or false.',
    ]);
  });

  it.each([
    ['DATABASE_URL', 'mysql://root:hunter2@db/registry'],
    ['REGISTRY_ADMIN_KEY', 'admin_hunter2'],
    ['REGISTRY_MASTER_KEY', Buffer.from('hunter2').toString('base64')],
    ['API_KEY_PEPPER', 'hunter2'],
  ])('never shows the value of %s', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} must .*\\.$`));
    expect(problems[0]).not.toContain(value);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['HOST', 'a b'],
    ['DATABASE_POOL_SIZE', '0'],
    ['STATEMENT_TIMEOUT_MS', '-1'],
    ['BULK_LIMIT', '2g'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['CORS_ORIGINS', 'a.example'],
    ['TRUST_PROXY', 'true'],
    ['REGISTRY_MASTER_KEY', 'not base64!'],
    ['LOG_FORMAT', 'xml'],
    ['RATE_LIMIT_DEFAULT', '1000'],
    ['RATE_LIMIT_DEFAULT', '0/hour'],
    ['RATE_LIMIT_BURST', '5/fortnight'],
    ['AUTH_FAILURE_LIMIT', '1/400d'],
    ['RATE_LIMIT_ON_STORE_FAILURE', 'panic'],
    ['RATE_LIMIT_REPLICAS', '0'],
  ])('refuses %s=%s', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringContaining(`${name} must `)]);
  });

  it.each([
    ['1000/hour', { limit: 1000, seconds: 3600 }],
    ['50/s', { limit: 50, seconds: 1 }],
    ['200 / 10s', { limit: 200, seconds: 10 }],
    ['5/30days', undefined],
    ['off', null],
  ])('reads the rate %s', (text, rate) => {
    if (rate === undefined) expect(problemsOf({ RATE_LIMIT_DEFAULT: text })).toHaveLength(1);
    else expect(readEnv({ RATE_LIMIT_DEFAULT: text }).rateLimitDefault).toEqual(rate);
  });

  it('is documented in .env.example, variable by variable, with the defaults', () => {
    const lines = readFileSync('.env.example', 'utf8').split('\n');
    const documented = lines.flatMap((line) => /^#?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line)?.slice(1, 3) ?? []);
    const names = documented.filter((_, index) => index % 2 === 0);
    expect([...names].sort()).toEqual(
      variablesOf(Env)
        .map(({ name }) => name)
        .sort(),
    );
    const given = Object.fromEntries(
      lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2)),
    );
    expect({ ...readEnv(given) }).toEqual({ ...readEnv({}) });
  });
});
