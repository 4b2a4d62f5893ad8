import { engineWords } from '../kinds/engine.words.js';
import { kindGroup } from '../kinds/kind-group.js';
import { autoscalingGroup, scaleLeaf } from './engine-autoscaling.js';
import { workloadGroup } from './engine-workload.js';

export const engineCommand = kindGroup(engineWords, [scaleLeaf, autoscalingGroup, workloadGroup]);
