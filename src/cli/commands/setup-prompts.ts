import { cancelled } from '../core/confirm.js';

/** What the wizard asks. On stderr, so that stdout stays data; the prompt library is loaded only when it asks. */
export async function askText(
  message: string,
  initialValue: string,
  problem: (text: string) => string | undefined,
): Promise<string> {
  const { text, isCancel } = await import('@clack/prompts');
  const validate = (value: string | undefined): string | undefined => problem((value ?? '').trim());
  const answer = await text({ message, initialValue, validate, output: process.stderr });
  if (isCancel(answer)) throw cancelled();
  return answer.trim();
}

/** Yes unless the person says no: for what undoes nothing. */
export async function askWhether(message: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message, initialValue: true, output: process.stderr });
  if (isCancel(answer)) throw cancelled();
  return answer;
}

export async function tell(message: string, tone: 'step' | 'success' | 'warn' = 'step'): Promise<void> {
  const { log } = await import('@clack/prompts');
  log[tone](message, { output: process.stderr });
}
