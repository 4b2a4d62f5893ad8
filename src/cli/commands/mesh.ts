import { kindGroup } from '../kinds/kind-group.js';
import { createLeaf } from '../kinds/kind-writing.js';
import { listLeaf } from '../kinds/kind-reading.js';
import { meshWords } from '../kinds/mesh.words.js';
import { breakerGroup } from './mesh-breaker.js';
import { meshClientsLeaf } from './mesh-clients.js';
import { meshExplainLeaf, meshReportLeaf, meshResolveLeaf } from './mesh-explain.js';
import { meshExportLeaf } from './mesh-export.js';
import { meshMetricsGroup, meshStatsLeaf, meshTopologyLeaf } from './mesh-figures.js';
import { balancerLeaf, meshConfigGroup, tracingGroup } from './mesh-settings.js';
import { splitLeaf } from './mesh-split.js';
import { tracesGroup } from './mesh-traces.js';
import { meshDiffLeaf, meshRollbackLeaf, meshVersionsGroup } from './mesh-versions.js';

export const meshCommand = kindGroup(meshWords, [
  {
    ...listLeaf(meshWords),
    aliases: ['ls', 'routes'],
    examples: [{ cmd: 'mesh routes' }, { cmd: 'mesh list --type http -o wide' }],
  },
  { ...createLeaf(meshWords), aliases: ['add-route'] },
  breakerGroup,
  splitLeaf,
  balancerLeaf,
  meshExplainLeaf,
  meshResolveLeaf,
  meshReportLeaf,
  tracesGroup,
  tracingGroup,
  meshTopologyLeaf,
  meshConfigGroup,
  meshVersionsGroup,
  meshDiffLeaf,
  meshRollbackLeaf,
  meshClientsLeaf,
  meshMetricsGroup,
  meshStatsLeaf,
  meshExportLeaf,
]);
