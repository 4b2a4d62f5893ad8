import { PLUGIN_MANAGER, PROGRAM_NAMES } from '../../src/cli/aliases.js';
import { completionScript } from '../../src/cli/completion/scripts.js';
import { tableOf, type Table } from '../../src/cli/completion/table.js';
import { completions } from '../../src/cli/completion/words.js';

/** Strings and comments away, so that what is left is code; a string becomes `''`. */
function codeOf(text: string): string {
  return text.replace(/'(?:[^']|'')*'|#[^\n]*/g, (found) => (found.startsWith('#') ? '' : "''"));
}

const strings = (text: string): string[] =>
  [...text.matchAll(/'((?:[^']|'')*)'/g)].map(([, inside = '']) => inside.replaceAll("''", "'"));

/** The table a script holds, read as PowerShell would. */
function tableIn(text: string): Table {
  const part = (name: string): string => text.split(`\n  ${name} = @`)[1]?.split(/^ {2}[)}]$/m)[0] ?? '';
  const rows = strings(part('rows')).map((row) => {
    const [words = '', flags = '', args = '', fields = '', ...more] = row.split('|');
    expect(more).toEqual([]);
    return { paths: [] as string[], words, flags, args, fields };
  });
  for (const [, path = '', number] of part('paths').matchAll(/'([^']*)' = (\d+)$/gm))
    rows[Number(number)]?.paths.push(path);
  return { rows, global: /^ {2}global = '(.*)'$/m.exec(text)?.[1] ?? '', sets: strings(part('sets')) };
}

// There is no PowerShell to run it in: its text is taken apart instead.
describe.each(['ureg', PLUGIN_MANAGER])('the PowerShell script of %s', (program) => {
  let table: Table;
  let text: string;
  let code: string;
  beforeAll(async () => {
    table = tableOf(await completions(program));
    text = completionScript('powershell', table, program);
    code = codeOf(text);
  });

  it('holds the command table, whole', () => {
    expect(tableIn(text)).toEqual(table);
  });

  it('opens nothing that it does not close, in order', () => {
    const open: string[] = [];
    for (const sign of code.replace(/[^(){}[\]]/g, '')) {
      const opener = { ')': '(', '}': '{', ']': '[' }[sign];
      if (opener === undefined) open.push(sign);
      else expect(open.pop()).toBe(opener);
    }
    expect(open).toEqual([]);
    expect(code.replaceAll("''", '')).not.toMatch(/['"`]/);
  });

  it('reads no variable that it has not set, and sets none of PowerShell’s own', () => {
    const block = code.slice(code.indexOf('Register-ArgumentCompleter'));
    const own = ['_', 'null', 'true', 'false'];
    const set = new Set(
      [
        ...block.matchAll(/((?:\$\w+, )*\$\w+) \+?= /g),
        ...block.matchAll(/param\(([^)]*)\)/g),
        ...block.matchAll(/foreach \((\$\w+) in/g),
        ...block.matchAll(/for \((\$\w+) =/g),
      ].flatMap(([, names = '']) => names.match(/\w+/g) ?? []),
    );
    const read = new Set([...block.matchAll(/[$@](?!global:)(\w+)/g)].map(([, name = '']) => name));
    expect([...read].filter((name) => !set.has(name) && !own.includes(name))).toEqual([]);
    const automatic = ['_', 'args', 'error', 'event', 'host', 'home', 'input', 'matches', 'pid', 'profile', 'pwd', 'sender', 'this', 'null', 'true', 'false']; // prettier-ignore
    expect([...set].filter((name) => automatic.includes(name.toLowerCase()))).toEqual([]);
    expect(new Set([...set].map((name) => name.toLowerCase())).size).toBe(set.size);
  });

  it('uses commands and operators of PowerShell only, and no newer ones than version 5 has', () => {
    const block = code.slice(code.indexOf('Register-ArgumentCompleter'));
    const commands = new Set(block.match(/\b[A-Z]\w+-[A-Z]\w+\b/g));
    expect([...commands].sort()).toEqual([
      'ForEach-Object',
      'Register-ArgumentCompleter',
      'Select-Object',
      'Where-Object',
    ]);
    expect(block).not.toMatch(/&&|\|\||\?\?|\?\.| \? /);
    const operators = new Set([...block.matchAll(/ -([a-z]+) /g)].map(([, operator]) => operator));
    expect([...operators].sort()).toEqual(['and', 'ccontains', 'ceq', 'eq', 'join', 'like', 'lt', 'match', 'ne', 'or', 'replace', 'split']); // prettier-ignore
  });

  it('answers a list also of one, and keeps file names away where nothing is known', () => {
    expect(code).toContain('$found = @(');
    expect(text).toContain("if ($found.Count -eq 0) { '' } else { $found }");
    const names = program === PLUGIN_MANAGER ? [PLUGIN_MANAGER] : PROGRAM_NAMES.slice(0, 3);
    expect(text).toContain(`Register-ArgumentCompleter -Native -CommandName ${names.join(', ')} -ScriptBlock {`);
    expect(text.match(/(?:Ureg|NexusPluginManager)Completions/g)).toEqual(
      Array(2).fill(program === PLUGIN_MANAGER ? 'NexusPluginManagerCompletions' : 'UregCompletions'),
    );
  });
});
