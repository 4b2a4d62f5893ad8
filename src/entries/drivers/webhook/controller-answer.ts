import type { OutboundAnswer } from '../../../platform/http-client/outbound-http.js';
import type { DriverAnswer } from '../driver.js';

const MOST_TEXT = 500;
const MOST_WAIT = 300;
/** Not now, rather than no. */
const LATER = new Set([408, 425, 429]);

/** What a controller's answer means: done, under way, refused, or to be asked again. */
export function answerOf({ status, headers, body }: Pick<OutboundAnswer, 'status' | 'headers' | 'body'>): DriverAnswer {
  const text = body.toString('utf8');
  if (status === 202) return { state: 'running', again: null };
  if (status >= 200 && status < 300) return ofSuccess(status, text);
  const message = `The controller answered ${status}${reasonIn(text)}`;
  if (status < 500 && !LATER.has(status)) return { state: 'failed', message };
  const wait = /^\d{1,6}$/.test(headers['retry-after'] ?? '') ? Number(headers['retry-after']) : undefined;
  return { state: 'unknown', message, ...(wait !== undefined && { again: Math.min(wait, MOST_WAIT) }) };
}

function ofSuccess(status: number, text: string): DriverAnswer {
  if (text.trim() === '') return { state: 'succeeded' };
  const said = parsed(text);
  const message = typeof said?.message === 'string' ? plain(said.message) : undefined;
  if (said?.status === 'succeeded') return { state: 'succeeded', message };
  if (said?.status === 'failed') return { state: 'failed', message: message || 'The controller gave no reason.' };
  if (said?.status === 'pending' || said?.status === 'running') return { state: 'running', message, again: null };
  return {
    state: 'failed',
    message: `The controller answered ${status} with something else than { "status": "succeeded" }.`,
  };
}

/** The reason in a problem document or the like, else the beginning of the text. */
function reasonIn(text: string): string {
  const said = parsed(text);
  const reason = [said?.message, said?.detail, said?.reason, said?.error].find((one) => typeof one === 'string');
  const told = plain(reason ?? (said ? '' : text));
  return told ? `: ${told}` : '.';
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // A page of a proxy, for instance.
    return undefined;
  }
}

/** Short, on one line and without what no text holds: it is the other side's to write and ours to show. */
const plain = (text: string): string =>
  text
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, MOST_TEXT);
