import { Injectable } from '@nestjs/common';
import { PlainErrors } from '../../platform/http/plain-errors.js';

/** What Consul has, whether it is answered here or not: errors are told there in its manner. */
const ROOTS = ['acl', 'agent', 'catalog', 'config', 'connect', 'coordinate', 'discovery-chain', 'event', 'exported-services', 'health', 'internal', 'kv', 'operator', 'peering', 'query', 'session', 'snapshot', 'status', 'txn']; // prettier-ignore

/** Provided by each module that speaks Consul. */
@Injectable()
export class ConsulRoots {
  constructor(plain: PlainErrors) {
    plain.add(...ROOTS.map((root) => `/v1/${root}`));
  }
}
