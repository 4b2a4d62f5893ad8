import { OutboundError } from '../../../platform/http-client/outbound-error.js';
import type { OutboundHttp } from '../../../platform/http-client/outbound-http.js';

/** A GET that follows no redirect; well is who answers 2xx. */
export async function probeHttp(
  http: OutboundHttp,
  url: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<string> {
  const limits = { connectMs: timeoutMs, headersMs: timeoutMs };
  const { status } = await http.send(url, { totalMs: timeoutMs, limits, signal });
  if (status < 200 || status > 299) throw new OutboundError('bad_answer', `HTTP ${status}`);
  return `HTTP ${status}`;
}
