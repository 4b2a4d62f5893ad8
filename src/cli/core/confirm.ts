import { CliError, usageError } from './errors.js';
import { ExitCode } from './exit-codes.js';

/** Asks on stderr, so that stdout stays data. The prompt library is loaded only when there is something to ask. */
export async function askYesNo(question: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
  if (isCancel(answer)) throw cancelled();
  return answer;
}

export async function askSecret(question: string): Promise<string> {
  const { password, isCancel } = await import('@clack/prompts');
  const answer = await password({ message: question, output: process.stderr });
  if (isCancel(answer)) throw cancelled();
  return answer;
}

/** A line of text, or one of a few words. */
export async function askValue(question: string, choices: readonly string[] = []): Promise<string> {
  const { text, select, isCancel } = await import('@clack/prompts');
  const output = process.stderr;
  const answer =
    choices.length > 0
      ? await select({ message: question, options: choices.map((value) => ({ value, label: value })), output })
      : await text({
          message: question,
          output,
          validate: (value) => (value?.trim() ? undefined : 'This is needed.'),
        });
  if (isCancel(answer)) throw cancelled();
  return answer.trim();
}

export function cancelled(): CliError {
  return new CliError('cli.cancelled', 'cancelled, nothing was changed', { exitCode: ExitCode.cancelled });
}

export interface Confirmation {
  question?: string;
  yes: boolean;
  mayPrompt: boolean;
}

export interface SevereConfirmation {
  question: string;
  /** What must be typed. */
  name: string;
  /** `--confirm`. */
  given?: string;
  mayPrompt: boolean;
}

/** Moderate danger: y/N for a person, `--yes` for a script. */
export async function confirmModerate({ question, yes, mayPrompt }: Required<Confirmation>): Promise<void> {
  assertMayConfirm({ question, yes, mayPrompt });
  if (yes) return;
  if (!(await askYesNo(question))) throw cancelled();
}

/** Severe danger: the name of what is lost, typed by a person or given as `--confirm`; `--yes` is too easily said. */
export async function confirmSevere({ question, name, given, mayPrompt }: SevereConfirmation): Promise<void> {
  if (given !== undefined && given !== name)
    throw usageError(`--confirm ${JSON.stringify(given)} is not what is asked for`, {
      reason: `${question} It takes --confirm=${name}`,
    });
  if (given === name) return;
  if (!mayPrompt)
    throw usageError('this needs a confirmation', {
      reason: `${question} Nobody can be asked here: add --confirm=${name}`,
    });
  if ((await askValue(`${question} Type ${name} to go on`)) !== name) throw cancelled();
}

export function assertMayConfirm({ question, yes, mayPrompt }: Confirmation): void {
  if (yes || mayPrompt) return;
  throw usageError('this needs a confirmation', {
    reason: `${question ? `${question} ` : ''}Nobody can be asked here: add --yes`,
  });
}
