import { verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Env } from '../../platform/env/env.js';
import { AllowedTargets } from '../../platform/http-client/allowed-targets.js';
import { OutboundHttp } from '../../platform/http-client/outbound-http.js';
import { portOf } from '../../platform/http-client/outbound-url.js';
import { RemoteKeys } from '../../platform/http-client/remote-keys.js';
import { Logger } from '../../platform/logging/logger.js';
import { FailedCredentials } from '../limits/failed-credentials.js';
import { reportKeysOf } from './report-keys.js';
import type { ReportKey } from './report-keys.js';
import { IDENTIFIER_HEADER, SIGNATURE_HEADER } from './signed-report.decorator.js';

const HOUR = 3_600_000;
/** GitHub lets an address ask sixty times an hour. */
const GAP_MS = 120_000;
const LIMITS = { connectMs: 3_000, headersMs: 5_000, bodyBytes: 262_144 };
const TOTAL_MS = 8_000;
const IDENTIFIER = /^[\w-]{1,128}$/;
/** ASN.1 of two numbers of 32 bytes, in base64. */
const SIGNATURE = /^[A-Za-z0-9+/]{8,120}={0,2}$/;

/** Who signed a report, until its body has been read and verified. */
export interface ClaimedSignature {
  key: ReportKey;
  signature: Buffer;
}

/** Verifies reports that a scanner outside has signed, as GitHub does: ECDSA P-256 with SHA-256 over the bytes of the body. */
@Injectable()
export class ReportSignature {
  private readonly keys: RemoteKeys<ReportKey>;

  constructor(
    private readonly env: Env,
    private readonly http: OutboundHttp,
    private readonly failures: FailedCredentials,
    logger: Logger,
  ) {
    this.keys = new RemoteKeys({
      whose: 'the signer of reports',
      code: 'leaks.signer_unavailable',
      read: () => this.read(),
      freshMs: 6 * HOUR,
      gapMs: GAP_MS,
      keepMs: 24 * HOUR,
      logger: logger.child('leaks'),
    });
  }

  /**
   * The key that the headers name, before the body is read: nobody unknown makes us read a megabyte.
   * @throws UnauthenticatedError or TooManyFailuresError, counted for the address, when there is none
   * @throws UnavailableError when the signer's keys cannot be had
   */
  async claimed({ headers }: IncomingMessage, address: string | undefined): Promise<ClaimedSignature> {
    const { [IDENTIFIER_HEADER]: identifier, [SIGNATURE_HEADER]: signature } = headers;
    if (this.env.leakedKeysUrl === null || typeof identifier !== 'string' || typeof signature !== 'string')
      throw this.failures.refusal(address);
    if (!IDENTIFIER.test(identifier) || !SIGNATURE.test(signature)) throw this.failures.refusal(address);
    const [key] = await this.keys.find((one) => one.identifier === identifier);
    if (!key) throw this.failures.refusal(address);
    return { key, signature: Buffer.from(signature, 'base64') };
  }

  /** @throws UnauthenticatedError or TooManyFailuresError, counted for the address */
  assertSigned({ key, signature }: ClaimedSignature, body: Buffer, address: string | undefined): void {
    if (!verify('sha256', body, key.publicKey, signature)) throw this.failures.refusal(address);
  }

  private async read(): Promise<ReportKey[]> {
    const url = this.env.leakedKeysUrl!;
    const { hostname } = new URL(url);
    // The operator's choice, so it may be inside.
    const allowed = AllowedTargets.parse([`${hostname}:${portOf(new URL(url))}`]);
    const headers = { Accept: 'application/json' };
    const { status, body } = await this.http.send(url, { headers, allowed, totalMs: TOTAL_MS, limits: LIMITS });
    if (status !== 200) throw new Error(`${url} answers ${status}.`);
    return reportKeysOf(JSON.parse(body.toString('utf8')));
  }
}
