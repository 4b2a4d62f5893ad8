/** What the process is attached to, decided once. */
export interface Terminal {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  env: NodeJS.ProcessEnv;
}

export function processTerminal(): Terminal {
  return { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env };
}

/** A prompt may be shown: a person sits there, and nothing forbade it. */
export function mayPrompt(terminal: Terminal, options: { noInput: boolean; machineOutput: boolean }): boolean {
  return !options.noInput && !options.machineOutput && terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
}

export function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.columns && stream.columns > 20 ? stream.columns : 80;
}
