import { isGroup, type LeafSpec } from '../spec/types.js';
import { pluginCommand } from './plugin.js';

/** A command of group `plugin` as the program for plugins has it at its top. */
export function pluginManagerCommand(name: string): LeafSpec {
  const leaf = pluginCommand.children.find((child) => child.name === name);
  if (!leaf || isGroup(leaf)) throw new Error(`group plugin has no command ${name}`);
  const [first, ...more] = leaf.examples.map((example) => ({
    ...example,
    cmd: example.cmd.replace(/^plugin /, ''),
  }));
  return first ? { ...leaf, examples: [first, ...more] } : leaf;
}
