/**
 * Whose graph is looked at as a whole: of those who see everything `all` of it; of everybody else the `open` one, without
 * any restricted entry, be they its readers or not.
 */
export interface GraphScope {
  name: 'all' | 'open';
  /** Moves when other entries are restricted; what was worked out before must not be answered any more. */
  restrictions: string;
}
