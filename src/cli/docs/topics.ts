import { EXIT_CODE_MEANINGS } from '../core/exit-codes.js';

export const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['UREG_SERVER', 'registry to talk to; HYPER_REGISTRY_API is read too'],
  ['UREG_TOKEN', 'API key or token'],
  ['UREG_TOKEN_FILE', 'file that holds the key'],
  ['UREG_PROFILE', 'profile to use'],
  ['UREG_OUTPUT', 'default output format'],
  ['UREG_TIMEOUT, UREG_RETRIES', 'defaults of --timeout and --retries'],
  ['UREG_NO_INPUT', 'never ask (same as --no-input)'],
  ['UREG_PAGER, PAGER', 'pager of long output on a terminal (default less -FIRX); empty or cat: none'],
  ['UREG_DEBUG', 'same as --debug'],
  ['UREG_CONFIG', 'user config file (default $XDG_CONFIG_HOME/universal-registry/config.json)'],
  ['NO_COLOR, UREG_NO_COLOR, CLICOLOR=0', 'no colour'],
  ['FORCE_COLOR, CLICOLOR_FORCE', 'colour although the output is no terminal'],
  [
    'DATA_DIR',
    'data folder of a registry on this machine (default ./data): its admin.key is used for loopback servers',
  ],
  ['NODE_EXTRA_CA_CERTS', 'certificates of an own certificate authority'],
];

export const FORMATS_HELP: readonly (readonly [string, string])[] = [
  ['table', 'columns; tab-separated and whole when piped (default)'],
  ['wide', 'table with more columns, nothing cut'],
  ['json, jsonl', "the API's own JSON, as one document or one object a line; errors are JSON on stderr"],
  ['yaml, csv', 'YAML; CSV with a header line (--no-headers: without)'],
  ['name', 'one key a line, as other commands take it'],
  ["template='{{key}} {{metadata.section}}'", 'your own line; \\n and \\t are understood'],
];

export const WAIT_HELP: readonly (readonly [string, string])[] = [
  ['--wait', 'of what a driver does (start, stop, scale, …): until it is done'],
  ['--wait=running', 'until that is its state'],
  ['--wait=health=healthy', 'until a field has that value'],
  ['--wait=capacity.current=4', 'a dot reaches inside'],
  ['--wait=owner=null', 'until a field is empty'],
  ['--wait=deleted', 'until it is gone: of get and delete'],
];

export const WAIT_RULES: readonly string[] = [
  'The condition stands behind "=": of "--wait running" the second word is an argument.',
  'Fields are those of the JSON answer (-o json; explain lists them). A number equals by its value, a list when the value is in it.',
  'What can never hold is refused with exit code 2 before anything is asked: a field that is not there, a state the kind does not have.',
  'After a verb the driver is waited for first; if it fails, that is exit code 10 unless the condition holds then.',
  'It is waited as long as --timeout (default 30s): then exit code 10, saying what it is by then. What was changed stays changed, as it does after Ctrl-C (130).',
];

const TOPICS: Record<string, (program: string) => string> = {
  'exit-codes': () => page('Exit codes', [rows(EXIT_CODE_MEANINGS.map(([code, what]) => [String(code), what]))]),
  environment: () => page('Environment variables', [rows(ENVIRONMENT)]),
  formatting: (program) =>
    page('Output formats (-o, --output)', [
      rows(FORMATS_HELP),
      [
        '--json is -o json. --fields a,b (or --json=a,b) keeps only these fields; --json= lists what a command has.',
        'A dot reaches inside: --fields key,metadata.section',
        '',
        'Examples:',
        `  ${program} list plugin --fields key,status -o csv`,
        `  ${program} list -o template='{{key}}\\t{{health}}'`,
      ],
    ]),
  waiting: (program) =>
    page('What --wait waits for', [
      rows(WAIT_HELP),
      [
        ...WAIT_RULES,
        '',
        'Examples:',
        `  ${program} service create checkout --wait=health=healthy --timeout 2m`,
        `  ${program} service restart svc_checkout --wait=instances.passing=3 --timeout 5m`,
        `  ${program} grid delete node_n1 --yes --wait=deleted --timeout 10m`,
      ],
    ]),
  settings: (program) =>
    page('Profiles and settings', [
      [
        'Order: flag, then UREG_* variable, then the project file, then the profile, then the default.',
        '',
        'User file:     $XDG_CONFIG_HOME/universal-registry/config.json, readable by you only.',
        'Project file:  .ureg.json here or in a folder above; may hold profile, output, timeout and retries.',
        '               It names no server and no key: a folder of others cannot send your key elsewhere.',
        'Cache:         $XDG_CACHE_HOME/universal-registry/servers.json, which version each server said it is.',
        "Keys:          a profile's key is sent to that profile's server only.",
        '',
        'Examples:',
        `  ${program} profile add prod --server https://registry.example.com`,
        `  ${program} login --profile prod`,
        `  ${program} profile use prod`,
        `  ${program} config-file path`,
      ],
    ]),
};

export function topicText(topic: string, program: string): string | undefined {
  return Object.hasOwn(TOPICS, topic) ? TOPICS[topic]?.(program) : undefined;
}

function page(title: string, parts: readonly (readonly string[])[]): string {
  return `${[title, ...parts.flatMap((part) => ['', ...part])].join('\n')}\n`;
}

function rows(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...pairs.map(([left]) => left.length)) + 2;
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
}
