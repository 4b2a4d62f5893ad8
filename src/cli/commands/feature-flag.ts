import { featureFlagWords } from '../kinds/feature-flag.words.js';
import { kindGroup } from '../kinds/kind-group.js';
import type { GroupSpec } from '../spec/types.js';
import { evaluateLeaf, explainLeaf } from './flag-evaluate.js';
import { flagImportLeaf } from './flag-import.js';
import { promoteLeaf } from './flag-promote.js';
import { pauseLeaf, resumeLeaf, revertLeaf, rolloutLeaf } from './flag-rollout.js';
import { scheduleGroup } from './flag-schedule.js';
import { segmentsGroup } from './flag-segments.js';
import { flagStatsLeaf, staleLeaf } from './flag-stats.js';

export const featureFlagCommand: GroupSpec = {
  ...kindGroup(featureFlagWords, [
    rolloutLeaf,
    scheduleGroup,
    pauseLeaf,
    resumeLeaf,
    evaluateLeaf,
    explainLeaf,
    segmentsGroup,
    promoteLeaf,
    revertLeaf,
    staleLeaf,
    flagStatsLeaf,
    flagImportLeaf,
  ]),
  aliases: ['flag'],
};
