import { LogicEngine } from 'json-logic-engine';
import type { JsonValue } from '../json-value.js';
import { LogicCompiler } from './json-logic.js';
import { LogicMachine } from './logic-machine.js';

const context = {
  a: 1,
  b: 'two',
  c: [1, 2, 3],
  d: { e: 'deep', f: [{ g: 5 }, { g: 7 }] },
  empty: [],
  zero: 0,
  no: false,
  nothing: null,
};

function ours(logic: JsonValue, data: Record<string, unknown> = context): unknown {
  const compiled = new LogicCompiler().compile(logic, 'targeting');
  return compiled(new LogicMachine('flag', data, undefined, 0), data);
}

describe('JsonLogic', () => {
  it.each([
    [{ var: 'd.e' }, 'deep'],
    [{ var: 'd.f.1.g' }, 7],
    [{ var: ['gone', 'instead'] }, 'instead'],
    [{ var: 'gone' }, null],
    [{ var: 'c.1' }, 2],
    [{ missing: ['a', 'x', 'b', 'y'] }, ['x', 'y']],
    [{ missing_some: [1, ['a', 'x']] }, []],
    [{ missing_some: [2, ['a', 'x']] }, ['x']],
    [{ if: [false, 1, { var: 'zero' }, 2, 3] }, 3],
    [{ if: [{ var: 'empty' }, 1, 2] }, 2],
    [{ if: [] }, null],
    [{ and: [1, 'x', 0, 2] }, 0],
    [{ or: [0, '', 'x'] }, 'x'],
    [{ '==': [1, '1'] }, true],
    [{ '===': [1, '1'] }, false],
    [{ '!=': [null, 0] }, true],
    [{ '!': [[]] }, true],
    [{ '!': { var: 'c' } }, false],
    [{ '!!': ['0'] }, true],
    [{ '<': [1, { var: 'c.1' }, 3] }, true],
    [{ '<=': [1, 1, 0] }, false],
    [{ '>': ['b', 'a'] }, true],
    [{ '+': [1, '2', 3] }, 6],
    [{ '+': '3.14' }, 3.14],
    [{ '-': [2] }, -2],
    [{ '-': [5, 2] }, 3],
    [{ '*': [2, 3, 4] }, 24],
    [{ '/': [1, 0] }, null],
    [{ '%': [7, 3] }, 1],
    [{ max: [1, 3, 2] }, 3],
    [{ min: { var: 'c' } }, 1],
    [{ in: ['wo', { var: 'b' }] }, true],
    [{ in: [2, { var: 'c' }] }, true],
    [{ in: ['x', { var: 'gone' }] }, false],
    [{ cat: ['I', ' ', 1, { var: 'gone' }] }, 'I 1'],
    [{ substr: ['jsonlogic', 4] }, 'logic'],
    [{ substr: ['jsonlogic', -5] }, 'logic'],
    [{ substr: ['jsonlogic', 1, 3] }, 'son'],
    [{ substr: ['jsonlogic', 4, -2] }, 'log'],
    [{ merge: [[1], 2, [3, 4]] }, [1, 2, 3, 4]],
    [{ map: [{ var: 'c' }, { '*': [{ var: '' }, 2] }] }, [2, 4, 6]],
    [{ filter: [{ var: 'c' }, { '%': [{ var: '' }, 2] }] }, [1, 3]],
    [{ reduce: [{ var: 'c' }, { '+': [{ var: 'current' }, { var: 'accumulator' }] }, 0] }, 6],
    [{ all: [{ var: 'd.f' }, { '>': [{ var: 'g' }, 4] }] }, true],
    [{ all: [{ var: 'empty' }, true] }, false],
    [{ some: [{ var: 'c' }, { '>': [{ var: '' }, 2] }] }, true],
    [{ none: [{ var: 'gone' }, true] }, true],
    [{ log: 'x' }, 'x'],
  ] as [JsonValue, unknown][])('%j', (logic, result) => {
    expect(ours(logic)).toEqual(result);
  });

  it('agrees with json-logic-engine on thousands of expressions', () => {
    const engine = new LogicEngine();
    let state = 99;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 0x1_0000_0000) * below);
    };
    const pick = <T>(list: readonly T[]): T => list[next(list.length)];
    const path = (): JsonValue => ({ var: pick(['a', 'b', 'd.e', 'zero', 'no', 'gone', 'nothing', 'c.0']) });
    const leaf = (): JsonValue =>
      next(2) ? path() : pick<JsonValue>([0, 1, 2.5, 'two', '', 'deep', true, false, null]);
    const list = (): JsonValue => pick<JsonValue>([{ var: 'c' }, { var: 'empty' }, [1, 5, 2]]);
    const number = (depth: number): JsonValue =>
      depth > 2
        ? next(9)
        : pick([() => next(9), () => ({ [pick(['+', '-', '*'])]: [number(depth + 1), number(depth + 1)] })])();
    const expression = (depth: number): JsonValue => {
      if (depth > 3) return leaf();
      const sub = (): JsonValue => expression(depth + 1);
      return pick<() => JsonValue>([
        leaf,
        () => ({ [pick(['===', '!=='])]: [leaf(), leaf()] }),
        // Their == takes null for 0 and refuses texts beside numbers; ours is JavaScript's.
        () => ({ [pick(['==', '!='])]: [number(0), { var: pick(['a', 'c.0', 'zero']) }] }),
        () => ({ [pick(['<', '<=', '>', '>='])]: [number(0), number(0)] }),
        () => ({ [pick(['and', 'or'])]: [sub(), sub(), sub()] }),
        () => ({ if: [sub(), sub(), sub(), sub(), sub()] }),
        () => ({ '!': [sub()] }),
        () => ({ in: [leaf(), list()] }),
        () => ({ in: [leaf(), { [pick(['filter', 'map'])]: [list(), { '>': [{ var: '' }, next(6)] }] }] }),
        () => ({ cat: [pick(['x', 'y']), { var: 'b' }, number(0)] }),
        () => ({ [pick(['some', 'all', 'none'])]: [list(), { '>': [{ var: '' }, next(6)] }] }),
        () => ({ max: [number(0), number(0)] }),
      ])();
    };
    const theirs = (logic: JsonValue): unknown => {
      try {
        return engine.run(logic, context) ?? null;
      } catch (error) {
        return { thrown: error };
      }
    };
    const differing = Array.from({ length: 3000 }, () => expression(0))
      .map((logic) => ({ logic, ours: ours(logic) ?? null, theirs: theirs(logic) }))
      .filter((one) => JSON.stringify(one.ours) !== JSON.stringify(one.theirs));
    expect(differing).toEqual([]);
  });
});
