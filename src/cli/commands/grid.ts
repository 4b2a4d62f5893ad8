import { kindGroup } from '../kinds/kind-group.js';
import { listLeaf } from '../kinds/kind-reading.js';
import { gridWords } from '../kinds/grid.words.js';
import { balanceLeaf, heartbeatLeaf, releaseLeaf } from './grid-balance.js';
import { gridDeleteLeaf } from './grid-delete.js';
import { gridDiscoverLeaf } from './grid-discover.js';
import { giveUpLeaf, gridStatsLeaf, topologyLeaf } from './grid-view.js';

export const gridCommand = kindGroup(gridWords, [
  {
    ...listLeaf(gridWords),
    aliases: ['ls', 'nodes'],
    examples: [{ cmd: 'grid nodes' }, { cmd: 'grid list --zone eu-central-1a' }],
  },
  balanceLeaf,
  releaseLeaf,
  heartbeatLeaf,
  topologyLeaf,
  gridDiscoverLeaf,
  giveUpLeaf,
  gridDeleteLeaf,
  gridStatsLeaf,
]);
