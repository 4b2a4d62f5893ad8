import { readFileSync } from 'node:fs';
import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import { openPrivateFile, type PrivateDraft } from '../core/private-file.js';
import { parseFields } from '../output/fields.js';
import { compileTemplate } from '../output/template.js';
import type { View } from '../output/view.js';

/**
 * Refuses, before anything is sent, an output that does not exist, or that would not show a secret that is shown only
 * once: it would be lost, and what it opens would stay.
 */
export function assertShows<Row>(context: CommandContext, view: View<Row>, secret: string | undefined): void {
  const { format, flags } = context;
  const fields = flags.fields === undefined ? undefined : parseFields(flags.fields, view.fields);
  const template = format.name === 'template' ? (format.template ?? '') : undefined;
  if (template !== undefined) compileTemplate(template, view.fields);
  if (secret === undefined) return;
  const shown =
    template === undefined
      ? !context.quiet && format.name !== 'name' && (fields?.includes(secret) ?? true)
      : !context.quiet && template.replaceAll(/[\s.]/g, '').includes(`{{${secret}}}`);
  if (shown) return;
  throw usageError(`the ${secret.replaceAll('_', ' ')} would be lost: this output does not show it`, {
    reason: 'it is shown once and kept nowhere',
    next: `add --to <file>, or -o template='{{${secret}}}' to print nothing else`,
  });
}

/** A file for a secret, made before the secret is: nothing is created that could not be kept. */
export function secretFile(path: string): PrivateDraft {
  try {
    return openPrivateFile(path);
  } catch (cause) {
    throw usageError(`cannot write ${JSON.stringify(path)}`, { reason: (cause as Error).message, cause });
  }
}

/** The secret exists by now: when the file cannot hold it, the answer is false, and showing it is better than losing it. */
export function keptIn(context: CommandContext, file: PrivateDraft, path: string, secret: string): boolean {
  try {
    file.keep(`${secret}\n`);
    return true;
  } catch (error) {
    context.notice(`warning: ${path} could not be written (${(error as Error).message})`);
    return false;
  }
}

/** A token from a file, from what is piped in, or asked for without showing it: never from the command line. */
export async function readSecret(context: CommandContext, file: string | undefined, what: string): Promise<string> {
  const { stdin } = context.terminal;
  const text =
    file !== undefined ? readText(file) : stdin.isTTY ? await ask(context, what) : await context.readStdin(what);
  const secret = text.trim();
  if (/^[\x21-\x7e]+$/.test(secret)) return secret;
  throw usageError(secret === '' ? `no ${what} was given` : `the ${what} contains characters none has`, {
    reason: 'pipe it in, or name a file with --file',
  });
}

function ask(context: CommandContext, what: string): Promise<string> {
  if (context.mayPrompt) return context.secret(what);
  throw usageError(`no ${what} was given`, { reason: 'pipe it in, or name a file with --file' });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw usageError(`cannot read ${JSON.stringify(path)}`, { reason: (cause as Error).message, cause });
  }
}
