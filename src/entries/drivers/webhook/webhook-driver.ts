import { Injectable } from '@nestjs/common';
import { webhookHeaders } from '../../../platform/crypto/webhook-signature.js';
import { OutboundError } from '../../../platform/http-client/outbound-error.js';
import type { OutboundFailure } from '../../../platform/http-client/outbound-error.js';
import { OutboundHttp } from '../../../platform/http-client/outbound-http.js';
import { toEntryResponse } from '../../entry-response.js';
import { DriverSecrets } from '../driver-secrets.js';
import { driverOf } from '../driver.js';
import type { Driver, DriverAnswer, DriverCall } from '../driver.js';
import { answerOf } from './controller-answer.js';

/** The other side may be back in a moment; everything else will be as wrong the next time. */
const PASSING: ReadonlySet<OutboundFailure> = new Set(['timeout', 'unreachable', 'bad_answer']);

/** Asks the operator's controller by a signed POST; it does the work, and says at once or later how that ended. */
@Injectable()
export class WebhookDriver implements Driver {
  constructor(
    private readonly http: OutboundHttp,
    private readonly secrets: DriverSecrets,
  ) {}

  async act({ operation, row, signal }: DriverCall): Promise<DriverAnswer> {
    const { url } = driverOf(row);
    if (!url) return { state: 'failed', message: 'spec.driver names no url.' };
    const { id, verb, from_state: from, to_state: to, capacity } = operation;
    const body = JSON.stringify({
      operation: id,
      verb,
      from,
      to,
      ...(capacity !== null && { capacity }),
      entity: toEntryResponse(row),
    });
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': id,
      ...webhookHeaders({ id, at: new Date(), body }, await this.secrets.of(row)),
    };
    try {
      return answerOf(await this.http.send(url, { method: 'POST', headers, body, signal }));
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      return { state: PASSING.has(error.failure) ? 'unknown' : 'failed', message: error.message };
    }
  }
}
