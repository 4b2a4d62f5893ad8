import { CONNECTION_FLAGS, type Table } from './table.js';

const CONNECTION = CONNECTION_FLAGS.map((flag) => `${flag}=*`).join('|');

/** What was typed before the word that is being completed, and what that word may be. */
const FINDING = `_ureg_flag() {
  local all=" $_flags $_ureg_global "
  case "$all" in *" $1$2"*) ;; *) return 1;; esac
  all=\${all#*" $1$2"}
  _token=\${all%% *}
}
_ureg_find() {
  local so_far="" word letters letter
  _pending="" _ended="" _first="" _at=0 _on=()
  _ureg_row ""
  for word in "$@"; do
    if [ -n "$_pending" ]; then
      case "$_pending=" in ${CONNECTION}) _on+=("$_pending" "$word");; esac
      _pending=""
      continue
    fi
    case "$_ended$word" in
      --) _ended=1; continue;;
      ${CONNECTION}) _on+=("$word"); continue;;
      --*=*) continue;;
      --*) if _ureg_flag "$word" =; then _pending="$word"; fi; continue;;
      -?*)
        letters=\${word#-}
        while [ -n "$letters" ]; do
          letter=\${letters%"\${letters#?}"}
          letters=\${letters#?}
          _ureg_flag "-$letter" = || continue
          [ -z "$letters" ] && _pending="-$letter"
          break
        done
        continue;;
    esac
    if [ "$_at" = 0 ] && _ureg_row "\${so_far:+$so_far }$word"; then
      so_far="\${so_far:+$so_far }$word"
    else
      [ "$_at" = 0 ] && _first="$word"
      _at=$((_at + 1))
    fi
  done
}
_ureg_arg() {
  local rest="$_args" number="$_at" next
  _token=""
  while [ -n "$rest" ]; do
    next=\${rest%% *}
    rest=\${rest#"$next"}
    rest=\${rest# }
    [ "$next" = + ] && return
    _token="$next"
    [ "$number" = 0 ] && return
    number=$((number - 1))
  done
  _token=""
}`;

/**
 * What the scripts for bash and zsh share, in words both understand: the table, and what was typed before the word that
 * is being completed. Variables that begin with an underscore are those of the function that asks.
 */
export function posixTable({ rows, global, sets }: Table): string {
  const row = rows.map(
    ({ paths, words, flags, args, fields }) =>
      `    ${paths.map(quoted).join('|')}) set -- ${[words, flags, args, fields].map(quoted).join(' ')};;`,
  );
  const set = sets.map((words, number) => `    ${number}) _values=${quoted(words)};;`);
  // Not "path" or "words": in zsh these are where programs are looked for, and the command line.
  return `_ureg_global=${quoted(global)}
_ureg_row() {
  case "$1" in
${row.join('\n')}
    *) return 1;;
  esac
  _words="$1" _flags="$2" _args="$3" _fields="$4"
}
_ureg_set() {
  case "$1" in
${set.join('\n')}
    F) _ureg_set "$_fields";;
    *) _values="";;
  esac
}
${FINDING}`;
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
