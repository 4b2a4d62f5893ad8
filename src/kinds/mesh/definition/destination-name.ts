import type { MeshDestination } from './route-match.dto.js';

/** What splits and reports call a destination: its name, else its subset, its service or its address. */
export const destinationName = ({ name, subset, service, host, port }: MeshDestination): string =>
  name ?? subset ?? service ?? `${host}:${port}`;

/** A host as it is connected to, an IPv6 address without its brackets. */
export const bareHost = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');
