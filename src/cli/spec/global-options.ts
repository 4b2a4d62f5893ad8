import { FORMATS } from '../output/format.js';
import type { OptionSpec } from './types.js';

/** Accepted before and after every command. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '-o, --output <format>',
    summary: "table, wide, json, jsonl, yaml, csv, name or template='{{field}}'",
    completes: [...FORMATS, 'template='],
    common: true,
  },
  { flags: '--json', summary: 'same as -o json; --json=a,b also selects fields, --json= lists them', common: true },
  { flags: '--fields <list>', summary: 'only these fields, comma-separated', common: true },
  { flags: '--server <url>', summary: 'registry to talk to (default http://127.0.0.1:8080)', common: true },
  { flags: '--api <url>', summary: 'same as --server' },
  { flags: '--profile <name>', summary: 'settings saved under this name', completes: 'profile', common: true },
  { flags: '--key <key>', summary: 'API key or token (other users of this machine may see it; prefer UREG_TOKEN)' },
  { flags: '--token-file <file>', summary: 'read the key from a file' },
  { flags: '--token-stdin', summary: 'read the key from standard input' },
  { flags: '--timeout <duration>', summary: 'longest wait for the server, e.g. 30s, 2m (default 30s)' },
  { flags: '--retries <n>', summary: 'how often to ask again when that is safe (default 2)' },
  { flags: '-q, --quiet', summary: 'print ids only, no notices', common: true },
  { flags: '--no-input', summary: 'never ask, fail instead' },
  { flags: '--no-headers', summary: 'no header line in tables and CSV' },
  { flags: '--color <when>', summary: 'always, auto or never', choices: ['always', 'auto', 'never'] },
  { flags: '--no-color', summary: 'same as --color=never' },
  { flags: '--no-pager', summary: 'print long output without a pager' },
  { flags: '--debug', summary: 'show requests, answers and times on stderr' },
];

/** Added to every command that changes something. */
export const DRY_RUN_OPTION: OptionSpec = {
  flags: '-n, --dry-run',
  summary: 'print the request that would be sent, and send nothing',
};

/** Added to every command that asks before it acts. */
export const YES_OPTION: OptionSpec = { flags: '-y, --yes', summary: 'do not ask for confirmation' };

/** Added to every command that can do what cannot be made good again. */
export const CONFIRM_OPTION: OptionSpec = {
  flags: '--confirm <name>',
  summary: 'the name that would have to be typed; --yes is not enough for it',
};

export interface FlagWords {
  short?: string;
  long: string;
  takesValue: boolean;
  /** `--wait[=<condition>]`, `--wait=<condition>`: a value stands behind `=`, and the next word never is one. */
  attached: boolean;
}

/** `-o` and `--output` of `-o, --output <format>`. */
export function flagWords(flags: string): FlagWords {
  const words = flags.split(/[ ,|]+/);
  const long = words.find((word) => word.startsWith('--')) ?? '';
  return {
    short: words.find((word) => /^-[^-]$/.test(word)),
    long: long.replace(/\[?=.*$/, ''),
    takesValue: /[<[]/.test(flags),
    attached: long.includes('='),
  };
}
