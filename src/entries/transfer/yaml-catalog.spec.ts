import { InvalidError } from '../../platform/errors/registry-error.js';
import { yamlCatalog } from './yaml-catalog.js';

const thrown = (text: string): InvalidError => {
  try {
    yamlCatalog(text);
  } catch (error) {
    if (error instanceof InvalidError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('a catalog in YAML', () => {
  it('holds entries and relationships, each as JSON', () => {
    expect(yamlCatalog('entries:\n- {name: a, version: 1.10}\nrelationships: [{type: b}]')).toEqual([
      { list: 'entries', json: '{"name":"a","version":1.1}' },
      { list: 'relationships', json: '{"type":"b"}' },
    ]);
    expect(yamlCatalog('entries: []')).toEqual([]);
  });

  it.each([
    ['open brackets', `entries: ${'['.repeat(100_000)}`, 'body is nested deeper than 32 levels'],
    ['brackets', `entries: ${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'body is nested deeper than 32 levels'],
    ['indents', Array.from({ length: 500 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'), 'body is nested deeper'],
    ['dashes', `entries:\n${'- '.repeat(50_000)}a`, 'body is nested deeper than 32 levels'],
    ['question marks', `${'? '.repeat(50_000)}a`, 'body is nested deeper than 32 levels'],
    ['two documents', 'entries: []\n---\nentries: []', 'body holds more than one YAML document'],
    ['nothing', '', 'body must hold the lists entries and relationships'],
    ['a text', 'entries', 'body must hold the lists entries and relationships'],
    ['another list', 'plugins: []', 'plugins is not a known list'],
    ['no list', 'entries: 1', 'entries must be a list'],
    ['a prototype', '__proto__: {entries: []}', '__proto__ is not a known list'],
    ['an unclosed quote', 'entries: "', 'body is not valid YAML'],
  ])('of %s is refused', (_, text, message) => {
    expect(thrown(text).message).toContain(message);
  });

  it('names the item and the field that no text may hold', () => {
    expect(yamlCatalog('entries:\n- name: a\n- metadata: {a: .inf, "__proto__": 1}')).toEqual([
      { list: 'entries', json: '{"name":"a"}' },
      {
        list: 'entries',
        detail: '1.metadata.a is too large a number',
        errors: [
          { field: '1.metadata.a', message: 'is too large a number' },
          { field: '1.metadata.__proto__', message: 'is not an allowed name' },
        ],
      },
    ]);
  });

  it('makes no dates, sets or binaries, whatever version and tags it states', () => {
    const [item] = yamlCatalog(
      '%YAML 1.1\n---\nentries:\n- {at: 2026-01-01, on: yes, bytes: !!binary aGk=, set: !!set {a: null}}',
    );
    expect(item).toEqual({
      list: 'entries',
      json: '{"at":"2026-01-01","on":"yes","bytes":"aGk=","set":{"a":null}}',
    });
  });

  it('takes the last of two equal keys, without comparing every key with every other', () => {
    const keys = Array.from({ length: 8_000 }, (_, n) => `    k${n % 6_000}: ${n}`).join('\n');
    const started = performance.now();
    const [item] = yamlCatalog(`entries:\n- metadata:\n${keys}`);
    expect(item).toMatchObject({ json: expect.stringContaining('"k0":6000,') });
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
