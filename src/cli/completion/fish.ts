import { quoted } from './posix.js';
import type { Called } from './scripts.js';
import { CONNECTION_FLAGS, type Table } from './table.js';

const COMPLETING = `function __ureg_flag --argument-names name mark
  for word in (string split -n ' ' -- $__ureg_row[2] $__ureg_global)
    set -l pair (string split -m 1 -- $mark $word)
    if test (count $pair) -eq 2; and test "$pair[1]" = "$name"
      set -g __ureg_token $pair[2]
      return 0
    end
  end
  return 1
end
function __ureg_find
  set -l so_far
  set -g __ureg_pending
  set -g __ureg_ended
  set -g __ureg_first
  set -g __ureg_on
  set -g __ureg_at 0
  __ureg_row ''
  for word in $argv
    if test -n "$__ureg_pending"
      contains -- $__ureg_pending $__ureg_connection; and set -a __ureg_on $__ureg_pending $word
      set __ureg_pending
      continue
    end
    switch "$__ureg_ended$word"
      case --
        set __ureg_ended 1
        continue
      case '--*=*'
        contains -- (string split -m 1 = -- $word)[1] $__ureg_connection; and set -a __ureg_on $word
        continue
      case '--*'
        __ureg_flag $word =; and set __ureg_pending $word
        continue
      case '-*'
        if test "$word" != -
          set -l letters (string split '' -- (string sub -s 2 -- $word))
          for number in (seq (count $letters))
            __ureg_flag -$letters[$number] =; or continue
            test $number -eq (count $letters); and set __ureg_pending -$letters[$number]
            break
          end
          continue
        end
    end
    if test $__ureg_at -eq 0; and __ureg_row $so_far $word
      set -a so_far $word
    else
      test $__ureg_at -eq 0; and set __ureg_first $word
      set __ureg_at (math $__ureg_at + 1)
    end
  end
end
function __ureg_arg
  set -l last
  set -l number $__ureg_at
  for token in (string split -n ' ' -- $__ureg_row[3])
    if test $token = +
      echo $last
      return
    end
    set last $token
    if test $number -eq 0
      echo $token
      return
    end
    set number (math $number - 1)
  end
end
function __ureg_offer --argument-names program token head cur
  if string match -q -- '*,' $token
    set token (string replace -r ',$' '' -- $token)
    set head $head(string replace -r '[^,]*$' '' -- $cur)
    set cur (string replace -r '^.*,' '' -- $cur)
  end
  switch "$token"
    case '' -
    case '@*'
      set -l of
      test -n "$__ureg_first"; and set of --of $__ureg_first
      for line in (command $program __complete $__ureg_on (string sub -s 2 -- $token) "$cur" $of 2>/dev/null)
        echo -- $head$line
      end
    case /file
      for line in (__fish_complete_path $cur)
        echo -- $head$line
      end
    case /folder
      for line in (__fish_complete_directories $cur)
        echo -- $head$line
      end
    case /data
      if string match -q -- '@*' $cur
        for line in (__fish_complete_path (string sub -s 2 -- $cur))
          echo -- $head@$line
        end
      end
    case '*'
      for word in (__ureg_set $token)
        echo -- $head$word
      end
  end
end
function __ureg_complete
  set -l words (commandline -opc)
  set -l cur (string replace -r '^(--[^=]*=)?["\\']' '$1' -- (commandline -ct))
  __ureg_find $words[2..-1]
  if test -n "$__ureg_pending"
    __ureg_offer $words[1] "$__ureg_token" '' "$cur"
  else if test -z "$__ureg_ended"; and string match -q -- '--*=*' $cur
    set -l pair (string split -m 1 = -- $cur)
    if __ureg_flag $pair[1] =; or __ureg_flag $pair[1] '~'
      __ureg_offer $words[1] "$__ureg_token" $pair[1]= "$pair[2]"
    end
  else if test -z "$__ureg_ended"; and string match -q -- '-*' $cur
    string replace -r '[=~].*' '' -- (string match -- '--*' (string split -n ' ' -- $__ureg_row[2] $__ureg_global))
  else
    test $__ureg_at -eq 0; and string split -n ' ' -- $__ureg_row[1]
    set -l token (__ureg_arg)
    __ureg_offer $words[1] "$token" '' "$cur"
  end
  return 0
end`;

export function fishScript({ rows, global, sets }: Table, { names, program }: Called): string {
  const row = rows.map(
    ({ paths, words, flags, args, fields }) =>
      `    case ${paths.map(quoted).join(' ')}\n` +
      `      set -g __ureg_row ${[words, flags, args, fields].map(quoted).join(' ')}`,
  );
  const set = sets.map((words, number) => `    case ${number}\n      string split ' ' ${quoted(words)}`);
  return `# fish completion; save it: ${program} completion fish > ~/.config/fish/completions/${program}.fish
set -g __ureg_global ${quoted(global)}
set -g __ureg_connection ${CONNECTION_FLAGS.join(' ')}
function __ureg_row
  switch "$argv"
${row.join('\n')}
    case '*'
      return 1
  end
  return 0
end
function __ureg_set
  switch "$argv[1]"
${set.join('\n')}
    case F
      __ureg_set "$__ureg_row[4]"
  end
end
${COMPLETING}
${names.map((name) => `complete -c ${name} -f -a '(__ureg_complete)'`).join('\n')}
`;
}
