import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { UnavailableError } from '../../platform/errors/registry-error.js';
import { readBytes } from '../../platform/http/body-reader.js';

const MOST_BYTES = 1024 ** 2;
/** A signature is known to hold only when all of its body has arrived: strangers get so many buffers, for so long. */
const MOST_AT_ONCE = 16;
const READ_MS = 10_000;

/** Reads reports whole, as they were sent. */
@Injectable()
export class ReportBodies {
  private reading = 0;

  async read(request: IncomingMessage): Promise<Buffer> {
    if (this.reading >= MOST_AT_ONCE) throw new UnavailableError('leaks.busy', 'Many reports come in at this moment.');
    this.reading++;
    const timer = setTimeout(() => request.destroy(), READ_MS);
    try {
      return await readBytes(request, MOST_BYTES);
    } finally {
      clearTimeout(timer);
      this.reading--;
    }
  }
}
