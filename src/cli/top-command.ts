import type { CommandSpec } from './spec/types.js';

/** A command of the first level as it is known before its module is loaded. */
export interface TopCommand {
  name: string;
  aliases?: readonly string[];
  summary: string;
  /** Heading it stands under in the help. */
  section: string;
  hidden?: boolean;
  load: () => Promise<CommandSpec>;
}
