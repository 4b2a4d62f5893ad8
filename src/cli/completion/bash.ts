import { posixTable } from './posix.js';
import type { Called } from './scripts.js';
import type { Table } from './table.js';

/** A word with its quotes, closed: blanks within them are its own. */
const WORD = String.raw`([^[:space:]\"'\\]|\\\\.|\"([^\"\\]|\\\\.)*\"|'[^']*')`;

const COMPLETING = `_ureg_add() {
  [[ $2 == "$cur"* ]] || return
  [[ -n \${3-} ]] && _told[\${#COMPREPLY[@]}]="$3"
  COMPREPLY+=("$1$2")
}
_ureg_add_all() {
  local all word
  read -ra all <<< "$2"
  for word in "\${all[@]}"; do _ureg_add "$1" "$word"; done
}
_ureg_add_files() {
  local name
  while IFS= read -r name; do COMPREPLY+=("$2$name"); done < <(compgen "$1" -- "$cur")
  compopt -o filenames 2>/dev/null
}
_ureg_offer() {
  local token="$1" head="$2" cur="$3" name about
  if [[ $token == *, ]]; then
    token="\${token%,}"
    [[ $cur == *,* ]] && head="$head\${cur%,*}," && cur="\${cur##*,}"
  fi
  case "$token" in
    ''|-) ;;
    @*)
      while IFS=$'\\t' read -r name about; do
        _ureg_add "$head" "$name" "$about"
      done < <("\${words[0]}" __complete \${_on[@]+"\${_on[@]}"} "\${token#@}" "$cur" \${_first:+--of "$_first"} 2>/dev/null);;
    /file) _ureg_add_files -f "$head";;
    /folder) _ureg_add_files -d "$head";;
    /data)
      if [[ $cur == @* ]]; then
        cur="\${cur#@}"
        _ureg_add_files -f "$head@"
      fi;;
    *)
      _ureg_set "$token"
      _ureg_add_all "$head" "$_values";;
  esac
}
_ureg() {
  local rest="\${COMP_LINE:0:COMP_POINT}" cur="" lead="" break at word
  local _words _flags _args _fields _values _token _pending _ended _first _at
  local -a words=() _on=() _told=()
  local one="${WORD}" open="[\\"']"
  while [[ $rest =~ ^[[:space:]]*($one+)[[:space:]]+(.*)$ ]]; do
    words+=("\${BASH_REMATCH[1]}")
    rest="\${BASH_REMATCH[4]}"
  done
  cur="\${rest#"\${rest%%[![:space:]]*}"}"
  if [[ ! $cur =~ ^$one*$ && $cur =~ ^($one*)$open(.*)$ ]]; then
    lead="\${BASH_REMATCH[1]}"
    cur="$lead\${BASH_REMATCH[4]}"
  else
    for break in = : @; do
      [[ $COMP_WORDBREAKS == *$break* && $cur == *$break* ]] || continue
      break="\${cur%"\${cur##*$break}"}"
      [[ $break == *@ ]] && break="\${break%@}"
      [[ \${#break} -gt \${#lead} ]] && lead="$break"
    done
  fi
  _ureg_find "\${words[@]:1}"
  COMPREPLY=()
  if [[ -n $_pending ]]; then
    _ureg_offer "$_token" "" "$cur"
  elif [[ -z $_ended && $cur == --*=* ]]; then
    if _ureg_flag "\${cur%%=*}" = || _ureg_flag "\${cur%%=*}" "~"; then
      _ureg_offer "$_token" "\${cur%%=*}=" "\${cur#*=}"
    fi
  elif [[ -z $_ended && $cur == -* ]]; then
    for word in $_flags $_ureg_global; do
      [[ $word == --* ]] && _ureg_add "" "\${word%%[=~]*}"
    done
  else
    [[ $_at == 0 ]] && _ureg_add_all "" "$_words"
    _ureg_arg
    _ureg_offer "$_token" "" "$cur"
  fi
  if [[ \${#COMPREPLY[@]} -eq 1 ]]; then
    [[ $COMPREPLY == *= ]] && compopt -o nospace 2>/dev/null
  elif [[ \${COMP_TYPE-} != 37 && \${COMP_TYPE-} != 42 ]]; then
    for at in "\${!_told[@]}"; do COMPREPLY[at]+="  (\${_told[at]})"; done
  fi
  COMPREPLY=("\${COMPREPLY[@]#"$lead"}")
}`;

/**
 * Bash takes words apart at = and :, and before @, and replaces the last part only, and what is behind an open quote: all
 * is worked out from the line, and given back from there on. Several ids are listed with what they are; one is written
 * alone. Nothing here is newer than bash 3.2 but `compopt`, which is done without.
 */
export function bashScript(table: Table, { names, program }: Called): string {
  return `# bash completion; add to ~/.bashrc: eval "$(${program} completion bash)"
${posixTable(table)}
${COMPLETING}
complete -F _ureg ${names.join(' ')}
`;
}
