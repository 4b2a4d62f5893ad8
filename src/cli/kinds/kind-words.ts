import type { Column } from '../output/view.js';
import type { KindName, OptionSpec } from '../spec/types.js';
import type { Entry } from '../views/entry-view.js';

/** A flag that fills one of a kind's own fields. */
export interface OwnFlag extends OptionSpec {
  /** As the wire names it; `capacity.min` reaches inside. */
  field: string;
  /** What is typed, as the API takes it; text when left out. Of a flag without a value always true. */
  read?: (text: string, flag: string) => unknown;
}

/** A verb of a kind's lifecycle. */
export interface VerbWords {
  name: string;
  aliases?: readonly string[];
  summary: string;
  /** The verb that most often comes next. */
  next?: string;
  /** Flags whose values go into the body, under their names in snake case. */
  options?: readonly (OptionSpec & Pick<OwnFlag, 'read'>)[];
}

/** What the command line must know of a kind to make its shared commands. A specification beside it holds it against the kind itself. */
export interface KindWords {
  /** `service`: the group's name, and the type in the catalog where that has no other. */
  name: KindName;
  type?: string;
  /** What one of them is called where that is not the group's name. */
  noun?: string;
  /** Below `/api/v1`. */
  path: string;
  /** `a service`, `an engine`. */
  one: string;
  summary: string;
  description?: string;
  /** Fields of its answers, beside those of every entry. */
  fields: readonly string[];
  /** Columns of its lists, between the key and the state. */
  columns: readonly Column<Entry>[];
  flags: readonly OwnFlag[];
  /** Flags of its lists; each is a query parameter under its name. */
  filters: readonly OptionSpec[];
  /** In an order in which they can be run one after the other. */
  verbs: readonly VerbWords[];
  /** It has no lifecycle: lists show neither state nor health unless they are wide. */
  stateless?: boolean;
  /** Something outside starts and stops it: `operations`, `driver secret`. */
  driven?: boolean;
  /** The entry the examples are about. */
  sample: { id: string; create: string; update: string };
}
