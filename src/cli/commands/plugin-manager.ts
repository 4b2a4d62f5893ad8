import { isGroup, type CommandSpec } from '../spec/types.js';
import { pluginCommand } from './plugin.js';

/** A command of group `plugin` as the program for plugins has it at its top. */
export function pluginManagerCommand(name: string): CommandSpec {
  const command = pluginCommand.children.find((child) => child.name === name);
  if (!command) throw new Error(`group plugin has no command ${name}`);
  return atTheTop(command);
}

function atTheTop(command: CommandSpec): CommandSpec {
  if (isGroup(command)) return { ...command, children: command.children.map(atTheTop) };
  const [first, ...more] = command.examples.map((example) => ({
    ...example,
    cmd: example.cmd.replace(/^plugin /, ''),
  }));
  return first ? { ...command, examples: [first, ...more] } : command;
}
