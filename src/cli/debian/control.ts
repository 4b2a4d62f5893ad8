import { BrokenPackageError, type Alternative, type DebianPackage, type Group, type Provided } from './package.js';

/** Fields of one paragraph, names in lower case (deb822 is case-insensitive); continuation lines keep their line breaks. */
export type Paragraph = Map<string, string>;

/** `a (>= 1) | b:any, c` → groups (Debian policy 7.1); qualifiers and restrictions are left out. */
export function parseRelations(text: string | undefined): Group[] {
  const parts = (text ?? '').split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => part.split('|').map((piece) => parseAlternative(piece.trim())));
}

const ALTERNATIVE =
  /^([a-z0-9][a-z0-9+._-]*)(?::[a-z0-9-]+)?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^\s)]+)\s*\))?\s*(?:\[[^\]]*\]\s*)?(?:<[^>]*>\s*)*$/i;
/** The old `<` and `>` mean `<=` and `>=`. */
const OLD_OPERATORS: Record<string, string> = { '<': '<=', '>': '>=' };

function parseAlternative(text: string): Alternative {
  const match = ALTERNATIVE.exec(text);
  if (!match) throw new BrokenPackageError(`cannot read the relation ${JSON.stringify(text.slice(0, 100))}`);
  const [, name = '', op, version] = match;
  return op === undefined ? { name } : { name, op: OLD_OPERATORS[op] ?? op, version };
}

function parseProvides(text: string | undefined): Provided[] {
  return parseRelations(text).flatMap((group) =>
    group.map(({ name, version }): Provided => (version === undefined ? { name } : { name, version })),
  );
}

/** A paragraph of a `Packages` file as a package. */
export function packageOfParagraph(fields: Paragraph): DebianPackage {
  const [summary, description] = splitDescription(fields.get('description'));
  const size = fields.get('installed-size');
  return {
    name: required(fields, 'package', 'Package'),
    version: required(fields, 'version', 'Version'),
    section: fields.get('section') || undefined,
    summary,
    description,
    maintainer: personName(fields.get('maintainer')),
    homepage: fields.get('homepage') || undefined,
    tags: list(fields.get('tag')),
    installedSize: size !== undefined && /^\d+$/.test(size) ? Number(size) : undefined,
    depends: [...parseRelations(fields.get('pre-depends')), ...parseRelations(fields.get('depends'))],
    recommends: parseRelations(fields.get('recommends')),
    provides: parseProvides(fields.get('provides')),
  };
}

/** `Jane Doe <jane@example.org>,` → `Jane Doe`: the address behind a name is nobody's metadata. */
function personName(text: string | undefined): string | undefined {
  const name = text
    ?.replace(/\s*<[^>]*>/g, '')
    .replace(/[,\s]+$/, '')
    .replace(/^"(.*)"$/, '$1');
  return name || undefined;
}

function required(fields: Paragraph, field: string, shown: string): string {
  const found = fields.get(field);
  if (found) return found;
  throw new BrokenPackageError(`the paragraph has no ${shown}`);
}

/** First line is the summary; in the rest one leading blank is cut and a lone `.` is an empty line (policy 5.6.13). */
function splitDescription(text: string | undefined): [summary?: string, description?: string] {
  if (!text) return [];
  const [summary = '', ...rest] = text.split('\n');
  const body = rest.map((line) => (/^ \.\s*$/.test(line) ? '' : line.replace(/^[ \t]/, '')));
  return [summary.trim() || undefined, body.join('\n').trim() || undefined];
}

function list(text: string | undefined): string[] | undefined {
  const items = (text ?? '')
    .split(/[,\n]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return items.length > 0 ? items : undefined;
}

/** Collects lines into paragraphs; `line` answers a finished paragraph at its empty line. */
export class ParagraphReader {
  private fields: Paragraph = new Map();
  private last: string | undefined;
  private broken: string | undefined;
  /** Line number at which the present paragraph began. */
  start = 0;

  /** A paragraph's fields, a reason why it is none, or undefined while it goes on. */
  line(text: string, number: number): Paragraph | BrokenPackageError | undefined {
    if (text.trim() === '') return this.end();
    if (this.fields.size === 0 && this.broken === undefined) this.start = number;
    if (text.startsWith('#')) return undefined;
    if (text.startsWith(' ') || text.startsWith('\t')) {
      if (this.last === undefined) this.broken ??= 'it begins with a continuation line';
      else this.fields.set(this.last, `${this.fields.get(this.last) ?? ''}\n${text}`);
      return undefined;
    }
    const colon = text.indexOf(':');
    const name = text.slice(0, Math.max(0, colon)).toLowerCase();
    if (!/^[!-9;-~]+$/.test(name)) {
      this.broken ??= `line ${number} is no field`;
      return undefined;
    }
    if (this.fields.has(name)) this.broken ??= `field ${name} stands there twice`;
    this.fields.set(name, text.slice(colon + 1).trim());
    this.last = name;
    return undefined;
  }

  end(): Paragraph | BrokenPackageError | undefined {
    const { fields, broken } = this;
    this.fields = new Map();
    this.last = undefined;
    this.broken = undefined;
    if (broken !== undefined) return new BrokenPackageError(broken);
    return fields.size > 0 ? fields : undefined;
  }
}
