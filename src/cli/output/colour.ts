import picocolors from 'picocolors';

export type Paint = ReturnType<typeof picocolors.createColors>;

export interface ColourInput {
  /** `--color=always|auto|never`, `--no-color` = false. */
  flag: string | false | undefined;
  env: NodeJS.ProcessEnv;
  isTTY: boolean;
}

/** Explicit flag, then NO_COLOR and its kin, then the forcing variables, then what the stream is. */
export function colourWanted({ flag, env, isTTY }: ColourInput): boolean {
  if (flag === false || flag === 'never') return false;
  if (flag === 'always') return true;
  if (env.NO_COLOR || env.UREG_NO_COLOR || env.CLICOLOR === '0') return false;
  if (forces(env.FORCE_COLOR) || forces(env.CLICOLOR_FORCE)) return true;
  return isTTY && env.TERM !== 'dumb';
}

export function paintFor(input: ColourInput): Paint {
  return picocolors.createColors(colourWanted(input));
}

/** A colour beside the word, never instead of it. */
export function paintState(state: string, paint: Paint): string {
  if (['healthy', 'active', 'created', 'ok', 'success'].includes(state)) return paint.green(state);
  if (['degraded', 'deprecated', 'pending', 'updated', 'replaced', 'expired'].includes(state))
    return paint.yellow(state);
  if (['unhealthy', 'failed', 'revoked', 'denied'].includes(state)) return paint.red(state);
  if (['unknown', 'inactive', 'archived', '-'].includes(state)) return paint.dim(state);
  return state;
}

function forces(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0';
}
