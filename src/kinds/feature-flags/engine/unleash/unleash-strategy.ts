import { networkTest } from '../conditions/network.js';
import { DefinitionError, listed, named } from '../definition-error.js';
import { LIMITS } from '../limits.js';
import { murmur3 } from '../../../../platform/hashing/murmur3.js';
import type { Run } from '../run.js';
import { shown } from '../trace.js';
import { unleashConstraints } from './unleash-constraint.js';
import type { UnleashTest } from './unleash-constraint.js';
import { unleashField } from './unleash-context.js';
import type { UnleashStrategy } from './unleash-format.js';
import { UnleashVariants } from './unleash-variants.js';

export interface CompiledStrategy {
  readonly name: string;
  readonly test: UnleashTest;
  readonly variants?: UnleashVariants;
  readonly segments: readonly string[];
  readonly changes: readonly number[];
  /** Whether it asks anything of the context besides a hash. */
  readonly targets: boolean;
  /** Whether a hash or chance decides. */
  readonly splits: boolean;
}

interface Activation {
  readonly test: UnleashTest;
  readonly splits?: boolean;
  readonly targets?: boolean;
}

const readUser = unleashField('userId');
const readSession = unleashField('sessionId');

/** Throws a DefinitionError. */
export function compileStrategy(strategy: UnleashStrategy, feature: string, at: number): CompiledStrategy {
  const field = `unleash.strategies[${at}]`;
  const type = named(strategy?.name, `${field}.name`, LIMITS.name);
  const { test, changes } = unleashConstraints(strategy.constraints, `${field}.constraints`);
  const segments = listed(strategy.segments, `${field}.segments`, LIMITS.references).map((segment) =>
    typeof segment === 'number' ? `unleash:${segment}` : segment,
  );
  const parameters = strategy.parameters ?? {};
  const activation = activationOf(type, parameters, feature);
  const variants = listed(strategy.variants, `${field}.variants`, LIMITS.variants);
  const groupId = textParameter(parameters, 'groupId') || feature;
  const stickiness = textParameter(parameters, 'stickiness') || undefined;
  return {
    name: strategy.title ? `${type}: ${strategy.title}` : `${type} ${at + 1}`,
    test: (run) => test(run) && segments.every((segment) => run.member(segment) === true) && activation.test(run),
    variants: variants.length > 0 ? new UnleashVariants(variants, groupId, stickiness, `${field}.variants`) : undefined,
    segments,
    changes,
    targets: activation.targets === true || Boolean(strategy.constraints?.length) || segments.length > 0,
    splits: activation.splits === true,
  };
}

function textParameter(parameters: Readonly<Record<string, unknown>>, name: string): string {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (typeof value === 'string' && value.length > LIMITS.values * 50)
    throw new DefinitionError(`parameters.${name}`, 'is too long');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function activationOf(type: string, parameters: Readonly<Record<string, unknown>>, feature: string): Activation {
  const parameter = (name: string): string => textParameter(parameters, name);
  switch (type) {
    case 'default':
      return { test: () => true };
    case 'userWithId':
      return { test: oneOf(readUser, split(parameter('userIds'))), targets: true };
    case 'gradualRolloutUserId':
      return { test: gradual(readUser, parameter('groupId'), Number(parameter('percentage'))), splits: true };
    case 'gradualRolloutSessionId':
      return { test: gradual(readSession, parameter('groupId'), Number(parameter('percentage'))), splits: true };
    case 'gradualRolloutRandom':
      return { test: () => Number(parameter('percentage')) >= Math.floor(Math.random() * 100) + 1, splits: true };
    case 'flexibleRollout':
      return flexibleRollout(parameter, feature);
    case 'remoteAddress':
      return { test: remoteAddress(split(parameter('IPs'))), targets: true };
    case 'applicationHostname': {
      const hosts = split(parameter('hostNames').toLowerCase());
      const readHost = unleashField('hostname');
      return { test: oneOf((context) => readHost(context)?.toLowerCase(), hosts), targets: true };
    }
    default:
      // Custom strategies live in the applications' own code.
      return { test: () => false };
  }
}

const split = (list: string): string[] => (list === '' ? [] : list.split(',').map((one) => one.trim()));

function oneOf(read: (context: Run['context']) => string | undefined, values: readonly string[]): UnleashTest {
  const set = new Set(values);
  return ({ context }) => {
    const value = read(context);
    return value !== undefined && set.has(value);
  };
}

/** Unleash's own bucketing: 1 to 100. */
function falls(groupId: string, id: string, percentage: number, run: Run): boolean {
  const bucket = (murmur3(`${groupId}:${id}`) % 100) + 1;
  const limit = percentage > 0 ? percentage : 0;
  run.trace?.bucket(
    'rollout',
    groupId,
    { bucket, limit },
    `${shown(`${groupId}:${id}`)} falls into bucket ${bucket} of 100`,
  );
  return bucket <= limit;
}

function gradual(
  read: (context: Run['context']) => string | undefined,
  groupId: string,
  percentage: number,
): UnleashTest {
  return (run) => {
    const id = read(run.context);
    return Boolean(id) && falls(groupId, id!, percentage, run);
  };
}

function flexibleRollout(parameter: (name: string) => string, feature: string): Activation {
  const groupId = parameter('groupId') || feature;
  const percentage = Number(parameter('rollout'));
  const stickiness = parameter('stickiness') || 'default';
  const chance = (): string => String(Math.round(Math.random() * 10_000) + 1);
  const read = unleashField(stickiness);
  const idOf = ({ context }: Run): string | undefined => {
    if (stickiness === 'random') return chance();
    return stickiness === 'default' ? readUser(context) || readSession(context) || chance() : read(context);
  };
  return {
    test: (run) => {
      const id = idOf(run);
      return Boolean(id) && falls(groupId, id!, percentage, run);
    },
    splits: percentage > 0 && percentage < 100,
  };
}

function remoteAddress(ranges: readonly string[]): UnleashTest {
  const read = unleashField('remoteAddress');
  const inside = networkTest(ranges, () => undefined);
  return ({ context }) => {
    const address = read(context);
    return address !== undefined && (ranges.includes(address) || inside(address));
  };
}
