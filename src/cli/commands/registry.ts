import { kindGroup } from '../kinds/kind-group.js';
import { registryWords } from '../kinds/registry.words.js';
import { registryDefaultsGroup } from './registry-defaults.js';
import { syncGroup } from './registry-sync.js';
import { ancestorsLeaf, childrenLeaf, entriesGroup, moveLeaf, treeLeaf } from './registry-tree.js';

export const registryCommand = kindGroup(registryWords, [
  childrenLeaf,
  ancestorsLeaf,
  treeLeaf,
  moveLeaf,
  entriesGroup,
  registryDefaultsGroup,
  syncGroup,
]);
