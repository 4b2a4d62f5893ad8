import { PLUGIN_MANAGER, PROGRAM_NAMES } from '../aliases.js';
import type { Completion } from './words.js';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The words are in the script itself, so that TAB starts no process; only names of entries and features are asked of the
 * registry, through `__complete`. Uses nothing of the bash-completion package. The program for plugins has commands of
 * its own, so it has a script of its own; the other names share one, which says how to load it by the name it was made by.
 */
export function completionScript(shell: Shell, all: readonly Completion[], program: string): string {
  const names = program === PLUGIN_MANAGER ? [PLUGIN_MANAGER] : PROGRAM_NAMES.filter((name) => name !== PLUGIN_MANAGER);
  const script = scriptFor(shell, all, { names, program });
  if (program !== PLUGIN_MANAGER) return script;
  // Both scripts may be loaded into one shell.
  return script
    .replace(/(?<![\w.])(_{1,2})ureg(?=_|\b)/g, '$1nexus_plugin_manager')
    .replaceAll('$UregCompletions', '$NexusPluginManagerCompletions');
}

interface Called {
  names: readonly string[];
  /** The one of them that printed the script. */
  program: string;
}

function scriptFor(shell: Shell, all: readonly Completion[], called: Called): string {
  switch (shell) {
    case 'bash':
      return bash(all, called);
    case 'zsh':
      return zsh(all, called);
    case 'fish':
      return fish(all, called);
    case 'powershell':
      return powershell(all, called);
  }
}

/** Bash takes words apart at = and :, and before @, and replaces the last part only: all is worked out from the line, and given back from there on. */
function bash(all: readonly Completion[], { names, program }: Called): string {
  return `# bash completion; add to ~/.bashrc: eval "$(${program} completion bash)"
${shellTable(all)}
_ureg() {
  local line="\${COMP_LINE:0:COMP_POINT}" cur="" words lead="" break name
  read -ra words <<< "$line"
  if [[ $line != *[[:space:]] ]]; then
    cur="\${words[\${#words[@]}-1]}"
    unset "words[\${#words[@]}-1]"
  fi
  for break in = : @; do
    [[ $COMP_WORDBREAKS == *$break* && $cur == *$break* ]] || continue
    break="\${cur%"\${cur##*$break}"}"
    [[ $break == *@ ]] && break="\${break%@}"
    [[ \${#break} -gt \${#lead} ]] && lead="$break"
  done
  _ureg_find "\${words[@]:1}"
  local IFS=$'\\n'
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "\${_ureg_flags// /$'\\n'}" -- "$cur"))
  else
    COMPREPLY=($(compgen -W "\${_ureg_words// /$'\\n'}" -- "$cur"))
    if [[ -n $_ureg_dynamic ]]; then
      while read -r name; do
        [[ $name == "$cur"* ]] && COMPREPLY+=("$name")
      done < <("\${words[0]}" __complete "$_ureg_dynamic" "$cur" 2>/dev/null)
    fi
    if [[ $_ureg_files == 1 || \${#COMPREPLY[@]} -eq 0 ]]; then
      COMPREPLY+=($(compgen -f -- "$cur"))
    fi
  fi
  COMPREPLY=("\${COMPREPLY[@]#"$lead"}")
}
complete -F _ureg ${names.join(' ')}
`;
}

function zsh(all: readonly Completion[], { names, program }: Called): string {
  return `#compdef ${names.join(' ')}
# zsh completion; add to ~/.zshrc, after compinit: source <(${program} completion zsh)
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
  // Not "path": in zsh that is where programs are looked for.
  return `_ureg_case() {
  case "$1" in
${cases.join('\n')}
    *) return 1;;
  esac
}
_ureg_find() {
  local so_far="" word
  _ureg_case ""
  for word in "$@"; do
    case "$word" in -*) continue;; esac
    if _ureg_case "\${so_far:+$so_far }$word"; then
      so_far="\${so_far:+$so_far }$word"
    elif [ -z "$so_far" ]; then
      _ureg_words=""
    fi
  done
}`;
}

function fish(all: readonly Completion[], { names, program }: Called): string {
  const cases = all.map(
    ({ path, words, flags, dynamic, files }) =>
      `    case ${quoted(path)}\n` +
      `      set -g __ureg_words ${words.join(' ')}\n      set -g __ureg_flags ${flags.join(' ')}\n` +
      `      set -g __ureg_dynamic ${dynamic ?? ''}\n      set -g __ureg_files ${files ? '1' : ''}`,
  );
  return `# fish completion; save it: ${program} completion fish > ~/.config/fish/completions/${program}.fish
function __ureg_case
  switch "$argv"
${cases.join('\n')}
    case '*'
      return 1
  end
  return 0
end
function __ureg_complete
  set -l words (commandline -opc)
  set -l cur (commandline -ct)
  set -l so_far
  __ureg_case ''
  for word in $words[2..-1]
    string match -q -- '-*' $word; and continue
    if __ureg_case $so_far $word
      set -a so_far $word
    else if test -z "$so_far"
      set -g __ureg_words
    end
  end
  if string match -q -- '-*' $cur
    printf '%s\\n' $__ureg_flags
    return
  end
  test -n "$__ureg_words"; and printf '%s\\n' $__ureg_words
  test -n "$__ureg_dynamic"; and command $words[1] __complete $__ureg_dynamic $cur 2>/dev/null
  test -n "$__ureg_files"; and __fish_complete_path $cur
  return 0
end
${names.map((name) => `complete -c ${name} -f -a '(__ureg_complete)'`).join('\n')}
`;
}

function powershell(all: readonly Completion[], { names, program }: Called): string {
  const rows = all.map(
    ({ path, words, flags, dynamic }) =>
      `  ${psQuoted(path)} = @{ words = ${psQuoted(words.join(' '))}; flags = ${psQuoted(flags.join(' '))}; dynamic = ${psQuoted(dynamic ?? '')} }`,
  );
  return `# PowerShell completion; add to $PROFILE: ${program} completion powershell | Out-String | Invoke-Expression
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
  # A list also of one: a name added to a word would be written behind it.
  $found = @(if ($wordToComplete.StartsWith('-')) { $here.flags -split ' ' } else { $here.words -split ' ' })
  if ($here.dynamic -ne '' -and -not $wordToComplete.StartsWith('-')) {
    $found += @(& $commandAst.CommandElements[0].ToString() __complete $here.dynamic $wordToComplete 2>$null)
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
