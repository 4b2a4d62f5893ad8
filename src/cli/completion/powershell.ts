import type { Called } from './scripts.js';
import { CONNECTION_FLAGS, type Table } from './table.js';

const COMPLETING = `  param($wordToComplete, $commandAst, $cursorPosition)
  $table = $global:UregCompletions
  $program = $commandAst.CommandElements[0].ToString()
  # What the cursor touches is the word that is being completed.
  $typed = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $words, $flags, $arguments, $fields = $table.rows[$table.paths['']] -split '\\|'
  $path = ''
  $at = 0
  $first = $null
  $pending = $null
  $token = $null
  $ended = $false
  $on = @()
  $valueOf = {
    param($name, $mark)
    foreach ($flag in ($flags + ' ' + $table.global) -split ' ') {
      if ($flag.StartsWith($name + $mark, [System.StringComparison]::Ordinal)) {
        return $flag.Substring($name.Length + 1)
      }
    }
  }
  foreach ($word in $typed) {
    if ($null -ne $pending) {
      if ($table.connection -ccontains $pending) { $on += @($pending, $word) }
      $pending = $null
    } elseif (-not $ended -and $word -ceq '--') {
      $ended = $true
    } elseif (-not $ended -and $word -like '--*=*') {
      if ($table.connection -ccontains ($word -split '=', 2)[0]) { $on += $word }
    } elseif (-not $ended -and $word -like '--*') {
      $token = & $valueOf $word '='
      if ($null -ne $token) { $pending = $word }
    } elseif (-not $ended -and $word -like '-?*') {
      for ($number = 1; $number -lt $word.Length; $number++) {
        $token = & $valueOf ('-' + $word[$number]) '='
        if ($null -eq $token) { continue }
        if ($number -eq $word.Length - 1) { $pending = '-' + $word[$number] }
        break
      }
    } else {
      $next = ($path + ' ' + $word).Trim()
      if ($at -eq 0 -and $table.paths.ContainsKey($next)) {
        $path = $next
        $words, $flags, $arguments, $fields = $table.rows[$table.paths[$path]] -split '\\|'
      } else {
        if ($at -eq 0) { $first = $word }
        $at++
      }
    }
  }
  $result = {
    param($text, $name, $about)
    $shown = if ($about) { $name + '  (' + $about + ')' } else { $name }
    $more = if ($about) { $about } else { $name }
    [System.Management.Automation.CompletionResult]::new($text, $shown, 'ParameterValue', $more)
  }
  $among = {
    param($all, $head, $begun)
    foreach ($name in $all -split ' ') {
      if ($name -and $name.StartsWith($begun)) { & $result ($head + $name) $name }
    }
  }
  $offer = {
    param($what, $head, $begun)
    if ($what.EndsWith(',')) {
      $what = $what.TrimEnd(',')
      $comma = $begun.LastIndexOf(',') + 1
      $head = $head + $begun.Substring(0, $comma)
      $begun = $begun.Substring($comma)
    }
    if ($what.StartsWith('@')) {
      $what = $what.Substring(1)
      $of = @(if ($null -ne $first) { '--of'; $first })
      & $program __complete @on $what $begun @of 2>$null | ForEach-Object {
        $name, $about = $_ -split '\\t', 2
        if ($name -and $name.StartsWith($begun)) { & $result ($head + $name) $name $about }
      }
    } elseif ($what -eq '/file' -or $what -eq '/folder') {
      [System.Management.Automation.CompletionCompleters]::CompleteFilename($begun) |
        Where-Object { $what -eq '/file' -or $_.ResultType -eq 'ProviderContainer' } |
        ForEach-Object { & $result ($head + $_.CompletionText) $_.ListItemText }
    } else {
      $number = if ($what -eq 'F') { $fields } else { $what }
      if ($number -match '^\\d+$') { & $among $table.sets[[int]$number] $head $begun }
    }
  }
  # A list also of one: a name added to a word would be written behind it.
  $found = @(
    if ($null -ne $pending) {
      & $offer $token '' $wordToComplete
    } elseif (-not $ended -and $wordToComplete -like '--*=*') {
      $flag, $begun = $wordToComplete -split '=', 2
      $token = & $valueOf $flag '='
      if ($null -eq $token) { $token = & $valueOf $flag '~' }
      if ($null -ne $token) { & $offer $token ($flag + '=') $begun }
    } elseif (-not $ended -and $wordToComplete.StartsWith('-')) {
      $long = ($flags + ' ' + $table.global) -split ' ' -like '--*' -replace '[=~].*', ''
      & $among ($long -join ' ') '' $wordToComplete
    } else {
      if ($at -eq 0) { & $among $words '' $wordToComplete }
      $all = @($arguments -split ' ')
      if ($all[-1] -eq '+') {
        $all = @($all | Select-Object -SkipLast 1)
        $at = [Math]::Min($at, $all.Count - 1)
      }
      if ($at -lt $all.Count) { & $offer $all[$at] '' $wordToComplete }
    }
  )
  if ($found.Count -eq 0) { '' } else { $found }`;

/**
 * `''` at the end keeps PowerShell from naming files where nothing is known. Nothing is offered for `--data @file`: there
 * @ begins a variable.
 */
export function powershellScript({ rows, global, sets }: Table, { names, program }: Called): string {
  const row = rows.map(({ words, flags, args, fields }) => `    ${quoted([words, flags, args, fields].join('|'))}`);
  const path = rows.flatMap(({ paths }, number) => paths.map((one) => `    ${quoted(one)} = ${number}`));
  return `# PowerShell completion; add to $PROFILE: ${program} completion powershell | Out-String | Invoke-Expression
$global:UregCompletions = @{
  global = ${quoted(global)}
  connection = @(${CONNECTION_FLAGS.map(quoted).join(', ')})
  sets = @(
${sets.map((words) => `    ${quoted(words)}`).join('\n')}
  )
  rows = @(
${row.join('\n')}
  )
  paths = @{
${path.join('\n')}
  }
}
Register-ArgumentCompleter -Native -CommandName ${names.join(', ')} -ScriptBlock {
${COMPLETING}
}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
