import { kindGroup } from '../kinds/kind-group.js';
import { pluginWords } from '../kinds/plugin.words.js';
import { factsGroup } from './plugin-facts.js';
import { pluginDiscoverLeaf } from './plugin-discover.js';
import { manifestLeaf, meshLeaf, resolutionLeaf } from './plugin-showing.js';
import { pluginRegisterLeaf } from './plugin-register.js';

export const pluginCommand = kindGroup(pluginWords, [
  pluginRegisterLeaf,
  resolutionLeaf,
  manifestLeaf,
  pluginDiscoverLeaf,
  meshLeaf,
  factsGroup,
]);
