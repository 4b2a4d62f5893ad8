import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Env } from '../../platform/env/env.js';
import type { OidcAlgorithm } from '../../platform/env/oidc-env.js';
import { AllowedTargets } from '../../platform/http-client/allowed-targets.js';
import { OutboundHttp } from '../../platform/http-client/outbound-http.js';
import { portOf } from '../../platform/http-client/outbound-url.js';
import { RemoteKeys } from '../../platform/http-client/remote-keys.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { discoveryUrl, issuerKeysOf, jwksUriOf } from './issuer-document.js';
import type { IssuerKey } from './issuer-document.js';

const MINUTE = 60_000;
/** A key that the issuer withdraws stops holding by then. */
const FRESH_MS = 10 * MINUTE;
/** A new key of the issuer is taken by then, also under a flood of invented ones. */
const GAP_MS = 5_000;
/** An issuer that is away for longer has lost its keys, as far as anybody here can tell. */
const KEEP_MS = 24 * 60 * MINUTE;
const TOTAL_MS = 8_000;
const LIMITS = { connectMs: 3_000, headersMs: 5_000, bodyBytes: 262_144 };

/** The public keys of the outside issuer: found by its discovery document, read through the guarded client. */
@Injectable()
export class IssuerKeys implements OnApplicationBootstrap {
  private readonly keys: RemoteKeys<IssuerKey>;

  constructor(
    private readonly env: Env,
    private readonly http: OutboundHttp,
    private readonly jobs: Jobs,
    logger: Logger,
  ) {
    this.keys = new RemoteKeys({
      whose: 'the outside issuer',
      code: 'auth.issuer_unavailable',
      read: () => this.read(),
      freshMs: FRESH_MS,
      gapMs: GAP_MS,
      keepMs: KEEP_MS,
      logger: logger.child('oidc'),
    });
  }

  onApplicationBootstrap(): void {
    if (this.env.oidcIssuer === undefined) return;
    // Nobody waits for the issuer, not even the start: who comes with a token meanwhile joins this.
    void this.keys.refresh();
    this.jobs.every('issuer-keys', FRESH_MS / 2, () => this.keys.refresh());
  }

  /**
   * The key of a token's header. A token that names none is verified by the only key there is for its algorithm.
   * @throws UnavailableError when no key is known and the issuer does not answer
   */
  async find(kid: string | undefined, algorithm: OidcAlgorithm): Promise<KeyObject | undefined> {
    const found = await this.keys.find(
      (key) => key.algorithms.includes(algorithm) && (kid === undefined || key.kid === kid),
    );
    return kid === undefined && found.length > 1 ? undefined : found[0]?.publicKey;
  }

  private async read(): Promise<IssuerKey[]> {
    const issuer = this.env.oidcIssuer!;
    const url = new URL(issuer);
    // Chosen by the operator, so it may be inside; what its document names may be so on the same host and port only.
    const allowed = AllowedTargets.parse([`${url.hostname}:${portOf(url)}`]);
    const document = await this.json(discoveryUrl(issuer), allowed);
    return issuerKeysOf(await this.json(jwksUriOf(document, issuer), allowed));
  }

  private async json(url: string, allowed: AllowedTargets | undefined): Promise<unknown> {
    const headers = { Accept: 'application/json' };
    const { status, body } = await this.http.send(url, { headers, allowed, totalMs: TOTAL_MS, limits: LIMITS });
    if (status !== 200) throw new Error(`${url} answers ${status}.`);
    return JSON.parse(body.toString('utf8'));
  }
}
