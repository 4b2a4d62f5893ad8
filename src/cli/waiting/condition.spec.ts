import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { holds, isNow, parseCondition } from './condition.js';

const SERVICE = { name: 'service', one: 'a service' };
const parse = (text: string, waited = SERVICE): ReturnType<typeof parseCondition> =>
  parseCondition(text, waited, { mayGo: true });

describe('a condition', () => {
  it.each([
    ['running', 'status=running'],
    ['Running', 'status=running'],
    ['status=running', 'status=running'],
    ['health=healthy', 'health=healthy'],
    ['instances.passing=3', 'instances.passing=3'],
    ['owner=shop', 'owner=shop'],
    ['title=a=b c', 'title=a=b c'],
    ['owner=null', 'owner=null'],
    ['health=null', 'health=null'],
    ['driver.type=webhook', 'driver.type=webhook'],
    ['metadata.tier=2', 'metadata.tier=2'],
    ['labels.a.b=x', 'labels.a.b=x'],
    ['tags=shop', 'tags=shop'],
    ['deleted', 'deleted'],
    ['Deleted', 'deleted'],
  ])('%s is %s', (text, told) => {
    expect(parse(text).text).toBe(told);
  });

  it.each([
    ['', 'is no condition'],
    ['a b', 'is no condition'],
    ['3', 'is no condition'],
    ['=running', 'names no field'],
    ['a..b=1', 'names no field'],
    ['.a=1', 'names no field'],
    ['status =running', 'names no field'],
    ['owner=', 'names no value'],
    ['runing', 'status of a service is never "runing"'],
    ['status=active', 'status of a service is never "active"'],
    ['health=good', 'health of a service is never "good"'],
    ['helth=healthy', 'a service has no field "helth"'],
    ['health.status=healthy', 'nothing lies inside health'],
    ['owner.name=x', 'nothing lies inside owner'],
    ['instances.up=3', 'instances has no field "up"'],
    ['instances=3', 'instances is an object'],
    ['metadata=3', 'metadata is an object'],
    ['instances.passing=many', 'instances.passing is a whole number'],
    ['instances.passing=2.5', 'instances.passing is a whole number'],
    ['ports=8080', 'ports is a list of objects'],
    ['ports.port=8080', 'nothing lies inside ports'],
    ['__proto__=1', 'a service has no field "__proto__"'],
  ])('%j is refused: %s', (text, why) => {
    try {
      parse(text);
    } catch (error) {
      expect(error).toBeInstanceOf(CliError);
      expect(error).toMatchObject({
        exitCode: ExitCode.usage,
        message: expect.stringContaining(`--wait=${text}: ${why}`),
      });
      return;
    }
    throw new Error('it was taken');
  });

  it('that is refused names what it could be', () => {
    const reason = (text: string): string | undefined => {
      try {
        parse(text);
      } catch (error) {
        return (error as CliError).reason;
      }
    };
    expect(reason('runing')).toBe(
      'it is one of created, installed, running, stopped, enabled, disabled, degraded, failed; did you mean running?',
    );
    expect(reason('healthy')).toMatch(/^it is one of created, .*, failed; did you mean health=healthy\?$/);
    expect(reason('health.status=degraded')).toBe('write health=degraded');
    expect(reason('helth=x')).toMatch(/^it has health, type, .*; did you mean health\?$/);
    expect(reason('instances=3')).toBe('name a field inside: total, passing');
  });

  it('is of the kind it is said of', () => {
    expect(parse('drained', { name: 'grid', one: 'a node' }).text).toBe('status=drained');
    expect(parse('gpu_enabled=True', { name: 'engine', one: 'an engine' }).text).toBe('gpu_enabled=true');
    expect(() => parse('gpu_enabled=yes', { name: 'engine', one: 'an engine' })).toThrow('is true or false');
    expect(parse('value=40', { name: 'config', one: 'a value' }).text).toBe('value=40');
    expect(parse('archived', { name: 'entry', one: 'an entry' }).text).toBe('status=archived');
    expect(() => parse('running', { name: 'grid', one: 'a node' })).toThrow('status of a node is never "running"');
    expect(() => parse('active', { name: 'config', one: 'a value' })).not.toThrow();
    expect(() => parseCondition('deleted', SERVICE, { mayGo: false })).toThrow('get and delete only');
  });
});

describe('a condition holds', () => {
  const entry = {
    status: 'running',
    health: null,
    tags: ['a', 'b'],
    regions: [],
    instances: { total: 3, passing: 0 },
    metadata: { tier: 2, live: true, text: '2.0', inner: { a: 1 } },
  };
  it.each([
    ['running', true],
    ['stopped', false],
    ['health=null', true],
    ['health=healthy', false],
    ['tags=b', true],
    ['tags=c', false],
    ['regions=null', true],
    ['tags=null', false],
    ['instances.passing=0', true],
    ['instances.total=3.0', true],
    ['instances.total=4', false],
    ['metadata.tier=2', true],
    ['metadata.live=true', true],
    ['metadata.text=2.0', true],
    ['metadata.text=2', false],
    ['metadata.inner=1', false],
    ['metadata.inner.a=1', true],
    ['metadata.none=null', true],
    ['metadata.toString=x', false],
    ['deleted', false],
  ])('%s: %s', (text, expected) => {
    expect(holds(parse(text), entry)).toBe(expected);
  });

  it('or tells what it is instead', () => {
    expect(['stopped', 'health=healthy', 'tags=c', 'deleted'].map((text) => isNow(parse(text), entry))).toEqual([
      'running',
      'empty',
      'a,b',
      'running',
    ]);
  });
});
