/**
 * Gives an access token: at first without an argument, and again with the one before when that was refused or is about
 * to end. Asked once for all calls that wait for it.
 */
export type TokenSource = (previous?: string) => string | Promise<string>;

export interface CredentialOptions {
  /** `ureg_…`, `svc_…` or `admin_…`. */
  apiKey?: string;
  /** A JWT (or a key) sent as `Authorization: Bearer`, or where to get one. */
  token?: string | TokenSource;
}

/** A token that ends so soon is renewed before it is used. */
const MARGIN_MS = 20_000;

/** What calls show: a key, a token, or a token that is renewed when it ends. */
export class Credential {
  private readonly key: string | undefined;
  private readonly source: TokenSource | undefined;
  private current: string | undefined;
  private renewing: Promise<string> | undefined;

  constructor({ apiKey, token }: CredentialOptions) {
    if (apiKey !== undefined && token !== undefined) throw new TypeError('give apiKey or token, not both');
    this.key = apiKey;
    if (typeof token === 'function') this.source = token;
    else this.current = token;
  }

  async headers(): Promise<Record<string, string>> {
    if (this.key !== undefined) return { 'x-api-key': this.key };
    if (this.source && (this.current === undefined || endsSoon(this.current))) await this.renew(this.current);
    return this.current === undefined ? {} : { authorization: `Bearer ${this.current}` };
  }

  /** After a 401 to these headers: whether others are worth another attempt. */
  async renewed({ authorization }: Record<string, string>): Promise<boolean> {
    if (!this.source) return false;
    // Another call may have renewed it meanwhile.
    if (authorization === `Bearer ${this.current}`) await this.renew(this.current);
    return authorization !== `Bearer ${this.current}`;
  }

  private async renew(previous: string | undefined): Promise<void> {
    this.renewing ??= Promise.resolve(this.source?.(previous) ?? '').finally(() => (this.renewing = undefined));
    this.current = await this.renewing;
  }
}

/** By the token's own word; one that says nothing (a key, another format) is used until it is refused. */
function endsSoon(token: string): boolean {
  const [, payload = ''] = token.split('.');
  try {
    const { exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { exp?: unknown };
    return typeof exp === 'number' && exp * 1000 - Date.now() < MARGIN_MS;
  } catch {
    return false;
  }
}
