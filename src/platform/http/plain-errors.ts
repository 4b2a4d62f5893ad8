import { Injectable } from '@nestjs/common';
import type { RegistryError } from '../errors/registry-error.js';

/** Paths below which errors are told as plain text, as the protocol that is spoken there has them. */
@Injectable()
export class PlainErrors {
  private readonly roots = new Set<string>();

  /** Takes roots such as `/v1/kv`. */
  add(...roots: readonly string[]): void {
    for (const root of roots) this.roots.add(root);
  }

  covers(path: string): boolean {
    if (this.roots.size === 0) return false;
    const [, first, second] = path.split('/', 3);
    return this.roots.has(`/${first}/${second}`);
  }
}

/** What is wrong, in one line. */
export function plainText({ message, errors = [] }: RegistryError): string {
  return errors.length < 2
    ? message
    : `${message} ${errors.map(({ field, message: what }) => `${field} ${what}`).join('; ')}`;
}
