import { PLUGIN_MANAGER, PROGRAM_NAMES } from '../aliases.js';
import type { Completion } from './words.js';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The words are in the script itself, so that TAB starts no process; only names of entries and features are asked of the
 * registry, through `__complete`. Uses nothing of the bash-completion package. The program for plugins has commands of
 * its own, so it has a script of its own; the other names share one.
 */
export function completionScript(shell: Shell, all: readonly Completion[], program: string): string {
  if (program !== PLUGIN_MANAGER)
    return scriptFor(
      shell,
      all,
      PROGRAM_NAMES.filter((name) => name !== PLUGIN_MANAGER),
    );
  // Both scripts may be loaded into one shell.
  return scriptFor(shell, all, [PLUGIN_MANAGER])
    .replaceAll('ureg completion', `${PLUGIN_MANAGER} completion`)
    .replace(/(?<![\w.])(_{1,2})ureg(?=_|\b)/g, '$1nexus_plugin_manager')
    .replaceAll('$UregCompletions', '$NexusPluginManagerCompletions');
}

function scriptFor(shell: Shell, all: readonly Completion[], names: readonly string[]): string {
  switch (shell) {
    case 'bash':
      return bash(all, names);
    case 'zsh':
      return zsh(all, names);
    case 'fish':
      return fish(all, names);
    case 'powershell':
      return powershell(all, names);
  }
}

function bash(all: readonly Completion[], names: readonly string[]): string {
  return `# bash completion; add to ~/.bashrc: eval "$(ureg completion bash)"
${shellTable(all)}
_ureg() {
  local cur="\${COMP_WORDS[COMP_CWORD]}"
  _ureg_find "\${COMP_WORDS[@]:1:COMP_CWORD-1}"
  local IFS=$'\\n'
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "\${_ureg_flags// /$'\\n'}" -- "$cur"))
    return
  fi
  COMPREPLY=($(compgen -W "\${_ureg_words// /$'\\n'}" -- "$cur"))
  if [[ -n $_ureg_dynamic ]]; then
    COMPREPLY+=($("\${COMP_WORDS[0]}" __complete "$_ureg_dynamic" "$cur" 2>/dev/null))
  fi
  if [[ $_ureg_files == 1 || \${#COMPREPLY[@]} -eq 0 ]]; then
    COMPREPLY+=($(compgen -f -- "$cur"))
  fi
}
complete -F _ureg ${names.join(' ')}
`;
}

function zsh(all: readonly Completion[], names: readonly string[]): string {
  return `#compdef ${names.join(' ')}
# zsh completion; add to ~/.zshrc: source <(ureg completion zsh)
${shellTable(all)}
_ureg() {
  local cur="\${words[CURRENT]}"
  _ureg_find "\${(@)words[2,CURRENT-1]}"
  if [[ $cur == -* ]]; then
    compadd -- \${(s: :)_ureg_flags}
    return
  fi
  [[ -n $_ureg_words ]] && compadd -- \${(s: :)_ureg_words}
  if [[ -n $_ureg_dynamic ]]; then
    compadd -- \${(f)"$("\${words[1]}" __complete "$_ureg_dynamic" "$cur" 2>/dev/null)"}
  fi
  [[ $_ureg_files == 1 ]] && _files
  return 0
}
compdef _ureg ${names.join(' ')}
`;
}

/** `_ureg_find words…` leaves the longest known command path's words, flags and names in variables. */
function shellTable(all: readonly Completion[]): string {
  const cases = all.map(
    ({ path, words, flags, dynamic, files }) =>
      `    ${quoted(path)}) _ureg_words=${quoted(words.join(' '))}; _ureg_flags=${quoted(flags.join(' '))}; ` +
      `_ureg_dynamic=${quoted(dynamic ?? '')}; _ureg_files=${files ? 1 : 0};;`,
  );
  return `_ureg_case() {
  case "$1" in
${cases.join('\n')}
    *) return 1;;
  esac
}
_ureg_find() {
  local path="" word
  _ureg_case ""
  for word in "$@"; do
    case "$word" in -*) continue;; esac
    if _ureg_case "\${path:+$path }$word"; then
      path="\${path:+$path }$word"
    elif [ -z "$path" ]; then
      _ureg_words=""
    fi
  done
}`;
}

function fish(all: readonly Completion[], names: readonly string[]): string {
  const lines = ['# fish completion; save as ~/.config/fish/completions/ureg.fish', '', FISH_FUNCTION];
  for (const name of names) {
    lines.push(`complete -c ${name} -f`);
    for (const { path, words, flags, dynamic, files } of all) {
      const when = `-n ${quoted(`__ureg_at ${quoted(path).replaceAll("'", '"')}`)}`;
      if (words.length > 0) lines.push(`complete -c ${name} ${when} -a ${quoted(words.join(' '))}`);
      if (dynamic)
        lines.push(
          `complete -c ${name} ${when} -a ${quoted(`(${name} __complete ${dynamic} (commandline -ct) 2>/dev/null)`)}`,
        );
      if (files) lines.push(`complete -c ${name} ${when} -F`);
      for (const flag of flags) lines.push(`complete -c ${name} ${when} -l ${flag.slice(2)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const FISH_FUNCTION = `function __ureg_at
  set -l words (commandline -opc)
  set -l path
  for word in $words[2..-1]
    string match -q -- '-*' $word; and continue
    set path $path $word
  end
  set -l want (string split ' ' -- $argv[1])
  if test -z "$argv[1]"
    test (count $path) -eq 0
    return
  end
  test (count $path) -ge (count $want); and test "$path[1..(count $want)]" = "$argv[1]"
end
`;

function powershell(all: readonly Completion[], names: readonly string[]): string {
  const rows = all.map(
    ({ path, words, flags, dynamic }) =>
      `  ${psQuoted(path)} = @{ words = ${psQuoted(words.join(' '))}; flags = ${psQuoted(flags.join(' '))}; dynamic = ${psQuoted(dynamic ?? '')} }`,
  );
  return `# PowerShell completion; add to $PROFILE: ureg completion powershell | Out-String | Invoke-Expression
$UregCompletions = @{
${rows.join('\n')}
}
Register-ArgumentCompleter -Native -CommandName ${names.join(', ')} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $typed = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -ne '') { $typed = @($typed | Select-Object -SkipLast 1) }
  $path = ''
  foreach ($word in $typed) {
    if ($word.StartsWith('-')) { continue }
    $next = ($path + ' ' + $word).Trim()
    if ($UregCompletions.ContainsKey($next)) { $path = $next }
  }
  $here = $UregCompletions[$path]
  $found = if ($wordToComplete.StartsWith('-')) { $here.flags -split ' ' } else { $here.words -split ' ' }
  if ($here.dynamic -ne '' -and -not $wordToComplete.StartsWith('-')) {
    $found += & $commandAst.CommandElements[0].ToString() __complete $here.dynamic $wordToComplete 2>$null
  }
  $found | Where-Object { $_ -and $_.StartsWith($wordToComplete) } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function psQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
