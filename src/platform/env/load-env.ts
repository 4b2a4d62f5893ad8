import { existsSync } from 'node:fs';
import { validateSync } from 'class-validator';
import { Env } from './env.js';
import { variablesOf } from './variable.js';

/** Every wrong variable by name, and what it must be. Values are never shown: one of them may be a secret. */
export class EnvError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(['The environment is not usable:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.name = 'EnvError';
  }
}

/** Reads and checks every variable; an empty one counts as not set. Throws {@link EnvError}. */
export function readEnv(source: Record<string, string | undefined>): Env {
  const env = new Env();
  const variables = variablesOf(Env);
  for (const { property, name, read } of variables) {
    const value = source[name]?.trim();
    if (value) Object.assign(env, { [property]: read(value) });
  }
  const wrong = new Set(validateSync(env, { forbidUnknownValues: false }).map((error) => error.property));
  const problems = variables.filter((v) => wrong.has(v.property)).map((v) => `${v.name} must ${v.must}.`);
  if (problems.length > 0) throw new EnvError(problems);
  return Object.freeze(env);
}

/** The environment of this process, a `.env` file in the working folder included (what is already set wins). */
export function loadEnv(): Env {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return readEnv(process.env);
}
