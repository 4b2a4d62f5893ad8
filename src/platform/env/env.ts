import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
} from 'class-validator';
import { AllowedTargets } from '../http-client/allowed-targets.js';
import { EmbeddingEnv } from './embedding-env.js';
import { FromVariable, base64List, bytes, flag, integer, list, rate, text } from './variable.js';
import type { Rate } from './variable.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type EnvLogLevel = (typeof LOG_LEVELS)[number];

const HOUR = 3_600_000;
const ONE_GIB = 1024 ** 3;
const PROXY = /^(\d{1,2}|loopback|linklocal|uniquelocal|[0-9a-f.:]+(\/\d{1,3})?)$/i;

const Is32Bytes = (): PropertyDecorator =>
  ValidateBy(
    { name: 'is32Bytes', validator: { validate: (value) => Buffer.isBuffer(value) && value.length === 32 } },
    { each: true },
  );

const isOrigin = (value: unknown): boolean => {
  if (value === '*') return true;
  if (typeof value !== 'string' || !/^https?:\/\//.test(value) || !URL.canParse(value)) return false;
  return new URL(value).origin === value;
};
const IsOrigin = (): PropertyDecorator =>
  ValidateBy({ name: 'isOrigin', validator: { validate: isOrigin } }, { each: true });

const AreTargets = (): PropertyDecorator =>
  ValidateBy({
    name: 'areTargets',
    validator: { validate: (value) => Array.isArray(value) && AllowedTargets.parse(value as string[]) !== undefined },
  });
const YEAR_SECONDS = 31_536_000;
const RATE = 'be a limit and a window such as 1000/hour or 50/10s, at most a year, or off';
const isRate = (value: unknown): boolean => {
  if (value === null) return true;
  const { limit = 0, seconds = 0 } = (value ?? {}) as Partial<Rate>;
  return limit >= 1 && seconds >= 1 && seconds <= YEAR_SECONDS;
};
const IsRate = (): PropertyDecorator => ValidateBy({ name: 'isRate', validator: { validate: isRate } });

/** The settings of the process, read and checked once at start (see `.env.example`). */
export class Env extends EmbeddingEnv {
  @FromVariable('PORT', integer, 'be a whole number from 0 to 65535')
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly port: number = 8080;

  @FromVariable('HOST', text, 'be an address or host name to listen on')
  @Matches(/^[0-9A-Za-z.:_-]+$/)
  readonly host: string = '127.0.0.1';

  /** What this process does: answer requests, run jobs, or both. */
  @FromVariable('ROLE', text, 'be all, api or worker')
  @IsIn(['all', 'api', 'worker'])
  readonly role: 'all' | 'api' | 'worker' = 'all';

  @FromVariable('DATABASE_URL', text, 'be a postgres:// or postgresql:// connection string')
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/./)
  readonly databaseUrl?: string;

  /** The same database past a pooler of transactions, which passes no notifications on, and knows no session and no names. */
  @FromVariable('DATABASE_DIRECT_URL', text, 'be a postgres:// or postgresql:// connection string')
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/./)
  readonly databaseDirectUrl?: string;

  /** Folder of the embedded database and of the first admin key. */
  @FromVariable('DATA_DIR', text, 'be a folder')
  @IsString()
  readonly dataDir: string = './data';

  @FromVariable('DATABASE_POOL_SIZE', integer, 'be a whole number from 1 to 500')
  @IsInt()
  @Min(1)
  @Max(500)
  readonly poolSize: number = 10;

  @FromVariable('STATEMENT_TIMEOUT_MS', integer, 'be a whole number of milliseconds from 0 (never) to 3600000')
  @IsInt()
  @Min(0)
  @Max(HOUR)
  readonly statementTimeoutMs: number = 30_000;

  @FromVariable('MIGRATE_ON_START', flag, 'be true or false')
  @IsBoolean()
  readonly migrateOnStart: boolean = false;

  @FromVariable('REGISTRY_ADMIN_KEY', text, 'be a key of the form admin_ and 49 letters and digits')
  @IsOptional()
  @Matches(/^admin_[0-9A-Za-z]{49}$/)
  readonly adminKey?: string;

  /** Wrap the keys that secrets are encrypted with: the first one wraps, all of them unwrap. */
  @FromVariable('REGISTRY_MASTER_KEY', base64List, 'be 32 bytes in base64 (openssl rand -base64 32)')
  @Is32Bytes()
  readonly masterKeys: Buffer[] = [];

  /** Mixed into the hashes of API keys; several, separated by commas, while one takes the place of another. */
  @FromVariable('API_KEY_PEPPER', text, 'be 16 to 1024 characters')
  @IsOptional()
  @Length(16, 1024)
  readonly apiKeyPepper?: string;

  @FromVariable('LOG_LEVEL', text, `be one of ${LOG_LEVELS.join(', ')}`)
  @IsIn(LOG_LEVELS)
  readonly logLevel: EnvLogLevel = 'info';

  /** Undefined: one-liners for people on a terminal, JSON elsewhere. */
  @FromVariable('LOG_FORMAT', text, 'be json or pretty')
  @IsOptional()
  @IsIn(['json', 'pretty'])
  readonly logFormat?: 'json' | 'pretty';

  @FromVariable('REQUEST_TIMEOUT_MS', integer, 'be a whole number of milliseconds from 1000 to 3600000')
  @IsInt()
  @Min(1000)
  @Max(HOUR)
  readonly requestTimeoutMs: number = 300_000;

  @FromVariable('SHUTDOWN_TIMEOUT_MS', integer, 'be a whole number of milliseconds from 100 to 3600000')
  @IsInt()
  @Min(100)
  @Max(HOUR)
  readonly shutdownTimeoutMs: number = 15_000;

  /** How long a stopping process still takes requests while load balancers notice that it is not ready. */
  @FromVariable('DRAIN_DELAY_MS', integer, 'be a whole number of milliseconds from 0 to 300000')
  @IsInt()
  @Min(0)
  @Max(300_000)
  readonly drainDelayMs: number = 0;

  @FromVariable('CORS_ORIGINS', list, 'be a comma-separated list of origins such as https://app.example.com, or *')
  @IsArray()
  @IsOrigin()
  readonly corsOrigins: string[] = [];

  @FromVariable('BODY_LIMIT', bytes, 'be a size from 1k to 64m, such as 1m')
  @IsInt()
  @Min(1024)
  @Max(64 * 1024 ** 2)
  readonly bodyLimitBytes: number = 1024 ** 2;

  @FromVariable('BULK_LIMIT', bytes, 'be a size from 1k to 1g, such as 64m')
  @IsInt()
  @Min(1024)
  @Max(ONE_GIB)
  readonly bulkLimitBytes: number = 64 * 1024 ** 2;

  @FromVariable('METRICS_PUBLIC', flag, 'be true or false')
  @IsBoolean()
  readonly metricsPublic: boolean = false;

  /** What the graph may take in memory while the whole of it is looked at (centrality, components, communities). */
  @FromVariable('GRAPH_MEMORY', bytes, 'be a size from 16m to 256g, such as 1g')
  @IsInt()
  @Min(16 * 1024 ** 2)
  @Max(256 * ONE_GIB)
  readonly graphMemoryBytes: number = ONE_GIB;

  /** Days that events are kept; 0 for ever. */
  @FromVariable('EVENT_RETENTION_DAYS', integer, 'be a whole number of days from 0 (for ever) to 36500')
  @IsInt()
  @Min(0)
  @Max(36_500)
  readonly eventRetentionDays: number = 0;

  /** Days for which usage is kept by the hour; older usage is kept by the day. */
  @FromVariable('USAGE_HOURLY_DAYS', integer, 'be a whole number of days from 1 to 366')
  @IsInt()
  @Min(1)
  @Max(366)
  readonly usageHourlyDays: number = 31;

  /** Days that usage is kept at all; 0 for ever. */
  @FromVariable('USAGE_RETENTION_DAYS', integer, 'be a whole number of days from 0 (for ever) to 36500')
  @IsInt()
  @Min(0)
  @Max(36_500)
  readonly usageRetentionDays: number = 400;

  @FromVariable('WS_CONNECTIONS_PER_KEY', integer, 'be a whole number from 1 to 100000')
  @IsInt()
  @Min(1)
  @Max(100_000)
  readonly wsConnectionsPerKey: number = 100;

  /** What a key may spend that has no limit of its own (admin keys: without limit); null for no limit. */
  @FromVariable('RATE_LIMIT_DEFAULT', rate, RATE)
  @IsRate()
  readonly rateLimitDefault: Rate | null = { limit: 1000, seconds: 3600 };

  /** A second, shorter window for every key that has a limit. */
  @FromVariable('RATE_LIMIT_BURST', rate, RATE)
  @IsRate()
  readonly rateLimitBurst: Rate | null = null;

  /** What happens while requests cannot be counted: each process counts alone, lets everybody pass, or nobody. */
  @FromVariable('RATE_LIMIT_ON_STORE_FAILURE', text, 'be local, open or closed')
  @IsIn(['local', 'open', 'closed'])
  readonly rateLimitOnStoreFailure: 'local' | 'open' | 'closed' = 'local';

  /** How many processes share a limit while each counts alone. */
  @FromVariable('RATE_LIMIT_REPLICAS', integer, 'be a whole number from 1 to 10000')
  @IsInt()
  @Min(1)
  @Max(10_000)
  readonly rateLimitReplicas: number = 1;

  /** Credentials of one address that may be wrong before it is told to wait; null for any number. */
  @FromVariable('AUTH_FAILURE_LIMIT', rate, RATE)
  @IsRate()
  readonly authFailureLimit: Rate | null = { limit: 100, seconds: 60 };

  /** Whose X-Forwarded-For is believed: a number of proxies, or their addresses. Empty: nobody's. */
  @FromVariable('TRUST_PROXY', list, 'be a number of proxies (1), or their addresses (10.0.0.0/8, loopback)')
  @IsArray()
  @Matches(PROXY, { each: true })
  readonly trustProxy: string[] = [];

  /** Internal addresses, networks and names that calls to the outside may reach all the same. */
  @FromVariable('OUTBOUND_ALLOWED_HOSTS', list, 'be names, addresses or networks such as hooks.internal,10.1.0.0/16')
  @AreTargets()
  readonly outboundAllowedHosts: string[] = [];

  /** True when no DATABASE_URL is given: PostgreSQL runs inside, data in DATA_DIR. */
  get embedded(): boolean {
    return this.databaseUrl === undefined;
  }
}
