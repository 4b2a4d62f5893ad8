import { kindGroup } from '../kinds/kind-group.js';
import { serviceWords } from '../kinds/service.words.js';
import { discoverLeaf } from './service-discover.js';
import { discoveryGroup } from './service-discovery.js';
import { instancesGroup } from './service-instances.js';

export const serviceCommand = kindGroup(serviceWords, [instancesGroup, discoverLeaf, discoveryGroup]);
