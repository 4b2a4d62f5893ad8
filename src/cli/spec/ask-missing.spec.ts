import { withMissing } from './ask-missing.js';
import type { LeafSpec } from './types.js';

const leaf: Pick<LeafSpec, 'arguments' | 'options'> = {
  arguments: [
    { name: 'id', summary: 'id of it', asked: { question: 'Which one?' } },
    { name: 'pair', summary: 'pairs', variadic: true, asked: { unless: ['file'] } },
  ],
  options: [
    { flags: '-f, --file <file>', summary: 'file' },
    { flags: '--page-size <n>', summary: 'how many', choices: ['1', '2'], asked: { unless: ['file'] } },
  ],
};

/** A person who answers each question with the next of these. */
function person(...answers: string[]) {
  const questions: [string, readonly string[] | undefined][] = [];
  const ask = (question: string, choices?: readonly string[]): Promise<string> => {
    questions.push([question, choices]);
    return Promise.resolve(answers.shift() ?? '');
  };
  return { mayPrompt: true, ask, questions };
}

const nobody = { mayPrompt: false, ask: () => Promise.reject(new Error('nobody is here')) };

describe('what is needed and was left out', () => {
  it('is asked for in its order, with the words to choose from', async () => {
    const context = person('x', 'a=1', '2');
    expect(await withMissing(context, leaf, { args: [undefined, []], options: {} }, undefined)).toEqual({
      args: ['x', ['a=1']],
      options: { pageSize: '2' },
    });
    expect(context.questions).toEqual([
      ['Which one?', undefined],
      ['pairs', undefined],
      ['how many', ['1', '2']],
    ]);
  });

  it('is not asked for when it was given, or something stands in for it', async () => {
    const context = person();
    const invocation = { args: ['x', []], options: { file: 'a.yaml' } };
    expect(await withMissing(context, leaf, invocation, undefined)).toEqual(invocation);
    expect(context.questions).toEqual([]);
  });

  it('is refused by name where nobody can be asked', async () => {
    await expect(withMissing(nobody, leaf, { args: [], options: {} }, 'ureg x')).rejects.toMatchObject({
      message: "missing required argument 'id'",
      exitCode: 2,
      usage: 'ureg x',
    });
    await expect(withMissing(nobody, leaf, { args: ['x', ['a=1']], options: {} }, undefined)).rejects.toThrow(
      'missing required flag --page-size',
    );
  });
});
