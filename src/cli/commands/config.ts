import { configWords } from '../kinds/config.words.js';
import { kindGroup } from '../kinds/kind-group.js';
import type { GroupSpec } from '../spec/types.js';
import { resetLeaf, transactLeaf } from './config-bulk.js';
import { discardLeaf, draftGroup, publishLeaf } from './config-draft.js';
import { diffLeaf, historyLeaf, rollbackLeaf, versionLeaf } from './config-history.js';
import { rotateKeysLeaf } from './config-keys.js';
import { configGetLeaf, configListLeaf } from './config-read.js';
import { configDeleteLeaf, configSetLeaf, configUpdateLeaf } from './config-set.js';
import { configExportLeaf, configImportLeaf } from './config-transfer.js';
import { watchLeaf } from './config-watch.js';

const group = kindGroup(configWords, [
  configListLeaf,
  configGetLeaf,
  // Where other kinds have `create`: what is set is made.
  { ...configSetLeaf, name: 'create' },
  configUpdateLeaf,
  configDeleteLeaf,
  historyLeaf,
  versionLeaf,
  diffLeaf,
  rollbackLeaf,
  draftGroup,
  publishLeaf,
  discardLeaf,
  transactLeaf,
  resetLeaf,
  watchLeaf,
  rotateKeysLeaf,
  configImportLeaf,
  configExportLeaf,
]);

export const configCommand: GroupSpec = {
  ...group,
  children: group.children.map((child) => (child.name === 'create' ? configSetLeaf : child)),
};
