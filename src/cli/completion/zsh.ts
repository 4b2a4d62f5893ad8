import { posixTable } from './posix.js';
import type { Called } from './scripts.js';
import type { Table } from './table.js';

/** Names that are told apart by what they are stand one a line, with that behind them. */
export function zshScript(table: Table, { names, program }: Called): string {
  return `#compdef ${names.join(' ')}
# zsh completion; add to ~/.zshrc, after compinit: source <(${program} completion zsh)
${posixTable(table)}
_ureg_offer() {
  local token="$1" line name told=""
  local -a found shown
  if [[ $token == *, ]]; then
    token="\${token%,}"
    compset -P '*,'
  fi
  case "$token" in
    ''|-) ;;
    @*)
      for line in \${(f)"$("\${words[1]}" __complete "\${_on[@]}" "\${token#@}" "$PREFIX" \${_first:+--of} \${_first:+"$_first"} 2>/dev/null)"}; do
        name="\${line%%$'\\t'*}"
        found+=("$name")
        if [[ $line == *$'\\t'* ]]; then
          told=1
          shown+=("$name  -- \${line#*$'\\t'}")
        else
          shown+=("$name")
        fi
      done
      compadd \${told:+-l} -d shown -a -- found;;
    /file) _files;;
    /folder) _files -/;;
    /data) compset -P @ && _files;;
    *)
      _ureg_set "$token"
      found=(\${(s: :)_values})
      compadd -S '' -- \${(M)found:#*=}
      compadd -- \${found:#*=};;
  esac
}
_ureg() {
  local _words _flags _args _fields _values _token _pending _ended _first _at
  local -a _on found
  _ureg_find "\${(@)words[2,CURRENT-1]}"
  if [[ -n $_pending ]]; then
    _ureg_offer "$_token"
  elif [[ -z $_ended && $PREFIX == --*=* ]]; then
    if _ureg_flag "\${PREFIX%%=*}" = || _ureg_flag "\${PREFIX%%=*}" "~"; then
      compset -P 1 '*='
      _ureg_offer "$_token"
    fi
  elif [[ -z $_ended && $PREFIX == -* ]]; then
    found=(\${(s: :)_flags} \${(s: :)_ureg_global})
    compadd -- \${(M)\${found%%[=~]*}:#--*}
  else
    [[ $_at == 0 && -n $_words ]] && compadd -- \${(s: :)_words}
    _ureg_arg
    _ureg_offer "$_token"
  fi
  return 0
}
compdef _ureg ${names.join(' ')}
`;
}
