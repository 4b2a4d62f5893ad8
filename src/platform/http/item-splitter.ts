import { InvalidError, TooLargeError } from '../errors/registry-error.js';

/** The bytes of one item of a body, and the list it stands in where the body has several. */
export interface RawItem {
  text: Buffer;
  list?: string;
}

/** Cuts a body into items without holding more than one of them. */
export interface ItemSplitter {
  push(chunk: Buffer): RawItem[];
  /** What is left at the end. Throws when the body is not complete. */
  end(): RawItem[];
}

const NEWLINE = 0x0a;
/** No list of any body has a longer name. */
const MOST_KEY = 100;
const isBlank = (byte: number): boolean => byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;

const itemTooLarge = (limit: number): TooLargeError =>
  new TooLargeError(`One item of the body is larger than ${limit} bytes.`, limit);

/** One JSON text a line; blank lines are no items. */
export class LineSplitter implements ItemSplitter {
  private rest: Buffer[] = [];
  private size = 0;

  constructor(private readonly itemLimit: number) {}

  push(chunk: Buffer): RawItem[] {
    const items: RawItem[] = [];
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      if (at > start) this.keep(chunk.subarray(start, at));
      if (this.size > 0) items.push(...this.end());
      start = at + 1;
      // A search for each of a million empty lines would take longer than to look at them.
      while (chunk[start] === NEWLINE) start++;
    }
    this.keep(chunk.subarray(start));
    return items;
  }

  end(): RawItem[] {
    const text = this.rest.length === 1 ? this.rest[0] : Buffer.concat(this.rest);
    this.rest = [];
    this.size = 0;
    return text.every(isBlank) ? [] : [{ text }];
  }

  private keep(part: Buffer): void {
    if (part.length === 0) return;
    this.size += part.length;
    if (this.size > this.itemLimit) throw itemTooLarge(this.itemLimit);
    this.rest.push(part);
  }
}

type State = 'start' | 'items' | 'members' | 'key' | 'colon' | 'list' | 'done';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The elements of a JSON array, or of the arrays in a JSON object (`{ "entries": [...], "relationships": [...] }`) when
 * `lists` names them. Only brackets, quotes and commas are looked at; each element is parsed, and so checked, by itself.
 */
export class ArraySplitter implements ItemSplitter {
  private state: State = 'start';
  private inObject = false;
  private list?: string;
  private kept: Buffer[] = [];
  private size = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;
  private afterComma = false;

  constructor(
    private readonly itemLimit: number,
    private readonly lists?: readonly string[],
  ) {}

  push(chunk: Buffer): RawItem[] {
    const items: RawItem[] = [];
    let at = 0;
    while (at < chunk.length) at = this.state === 'items' ? this.item(chunk, at, items) : this.between(chunk, at);
    return items;
  }

  end(): RawItem[] {
    if (this.state !== 'done') throw InvalidError.field('body', 'is not complete JSON');
    return [];
  }

  /** From `at` to the end of an element or of the chunk; gives back where to go on. */
  private item(chunk: Buffer, at: number, items: RawItem[]): number {
    for (let i = at; i < chunk.length; i++) {
      const byte = chunk[i];
      if (this.inString) this.insideString(byte);
      else if (byte === QUOTE) this.inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.depth++;
      else if (this.depth > 0 && (byte === CLOSE_OBJECT || byte === CLOSE_LIST)) this.depth--;
      else if (this.depth === 0 && (byte === COMMA || byte === CLOSE_LIST)) {
        this.keep(chunk.subarray(at, i));
        this.finish(byte === CLOSE_LIST, items);
        return i + 1;
      }
    }
    this.keep(chunk.subarray(at));
    return chunk.length;
  }

  private insideString(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === BACKSLASH) this.escaped = true;
    else if (byte === QUOTE) this.inString = false;
  }

  private finish(last: boolean, items: RawItem[]): void {
    const text = this.kept.length === 1 ? this.kept[0] : Buffer.concat(this.kept);
    const blank = text.every(isBlank);
    if (blank && !(last && !this.afterComma))
      throw InvalidError.field('body', 'is not valid JSON: an element is missing');
    if (!blank) items.push({ text, ...(this.list !== undefined && { list: this.list }) });
    this.kept = [];
    this.size = 0;
    this.afterComma = !last;
    if (last) this.state = this.inObject ? 'members' : 'done';
  }

  /** Everything around the elements, byte by byte: it is short. */
  private between(chunk: Buffer, at: number): number {
    const byte = chunk[at];
    if (this.state === 'key') return this.key(byte, at);
    if (isBlank(byte)) return at + 1;
    if (this.state === 'start' && byte === OPEN_LIST) this.open();
    else if (this.state === 'start' && byte === OPEN_OBJECT && this.lists) this.enterObject();
    else if (this.state === 'members' && byte === QUOTE && this.mayOpenKey) this.state = 'key';
    else if (this.state === 'members' && byte === CLOSE_OBJECT && !this.afterComma) this.state = 'done';
    else if (this.state === 'members' && byte === COMMA && this.list !== undefined && !this.afterComma)
      this.afterComma = true;
    else if (this.state === 'colon' && byte === COLON) this.state = 'list';
    else if (this.state === 'list' && byte === OPEN_LIST) this.open();
    else throw this.unexpected();
    return at + 1;
  }

  /** The first list, or one after a comma. */
  private get mayOpenKey(): boolean {
    return this.list === undefined || this.afterComma;
  }

  private open(): void {
    this.state = 'items';
    this.afterComma = false;
  }

  private enterObject(): void {
    this.state = 'members';
    this.inObject = true;
  }

  private key(byte: number, at: number): number {
    if (byte !== QUOTE && this.size < MOST_KEY) {
      this.keep(Buffer.of(byte));
      return at + 1;
    }
    const name = Buffer.concat(this.kept).toString('utf8');
    this.kept = [];
    this.size = 0;
    if (!this.lists?.includes(name)) throw InvalidError.field(name || '""', 'is not a known field');
    this.list = name;
    this.state = 'colon';
    return at + 1;
  }

  private keep(part: Buffer): void {
    if (part.length === 0) return;
    this.size += part.length;
    if (this.size > this.itemLimit) throw itemTooLarge(this.itemLimit);
    // A copy where only a part is kept for long: a slice would hold its whole chunk.
    this.kept.push(part);
  }

  private unexpected(): InvalidError {
    const shape = this.lists ? `a JSON object with the lists ${this.lists.join(', ')}, or an array` : 'a JSON array';
    if (this.state === 'start') return InvalidError.field('body', `must be ${shape}`);
    if (this.state === 'list') return InvalidError.field(this.list ?? 'body', 'must be a list');
    return InvalidError.field('body', 'is not valid JSON');
  }
}
