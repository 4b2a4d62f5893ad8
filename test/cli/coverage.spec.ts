import { readFileSync } from 'node:fs';
import { isMeant, NOT_IN_CLI, plain } from '../../src/cli/spec/not-in-cli.js';
import { everyLeaf } from './support/leaves.js';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

function documented(): string[] {
  const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Record<string, object> };
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => METHODS.includes(method))
      .map((method) => plain(`${method.toUpperCase()} ${path}`)),
  );
}

describe('the operations of the API', () => {
  let asked: Set<string>;
  const patterns = NOT_IN_CLI.flatMap(({ operations }) => operations);
  const leftOut = (operation: string): string[] => patterns.filter((pattern) => isMeant(pattern, operation));

  beforeAll(async () => {
    asked = new Set((await everyLeaf()).flatMap(({ spec }) => (spec.operations ?? []).map(plain)));
  });

  it('are each asked for by a command, or left out for a reason', () => {
    const all = documented();
    expect(all.length).toBeGreaterThan(450);
    expect(all.filter((operation) => !asked.has(operation) && leftOut(operation).length === 0)).toEqual([]);
    expect(NOT_IN_CLI.filter(({ reason }) => reason.length < 10)).toEqual([]);
  });

  it('are left out only where no command asks for them, and only where they exist', () => {
    expect([...asked].filter((operation) => leftOut(operation).length > 0)).toEqual([]);
    const all = documented();
    expect(patterns.filter((pattern) => !all.some((operation) => isMeant(pattern, operation)))).toEqual([]);
    expect(all.filter((operation) => leftOut(operation).length > 1)).toEqual([]);
  });

  it('that commands ask for exist', () => {
    const known = new Set(documented());
    expect([...asked].filter((operation) => !known.has(operation))).toEqual([]);
  });
});
