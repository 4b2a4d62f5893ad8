import net from 'node:net';
import type { Socket } from 'node:net';
import tls from 'node:tls';
import { Injectable } from '@nestjs/common';
import { AllowedTargets } from './allowed-targets.js';
import { GuardedAddresses } from './guarded-addresses.js';
import type { Resolve } from './guarded-addresses.js';
import { OutboundError, stopped } from './outbound-error.js';

export interface SocketTarget {
  /** Name or address, an IPv6 one without brackets. */
  host: string;
  port: number;
  /** Speaks TLS, and checks the certificate for this name; `alpn` are the protocols to offer. */
  secure?: { alpn?: string[]; ca?: string };
}

/**
 * Connections that speak no HTTP, under the rules of `OutboundHttp`: a name is resolved once, every address it has is
 * checked, and the connection goes to those.
 */
@Injectable()
export class OutboundSockets {
  private readonly addresses: GuardedAddresses;

  constructor(allowed: AllowedTargets = AllowedTargets.NONE, resolve?: Resolve) {
    this.addresses = new GuardedAddresses(allowed, resolve);
  }

  /** An address that may be connected to, for who connects by other means. @throws OutboundError */
  async address({ host, port }: SocketTarget, signal: AbortSignal): Promise<string> {
    return (await this.addresses.of(host, port, signal))[0].address;
  }

  /**
   * A connected socket; the caller destroys it. `signal` gives up connecting and cuts what is connected.
   * @throws OutboundError
   */
  async connect(target: SocketTarget, signal: AbortSignal): Promise<Socket> {
    const found = await this.addresses.of(target.host, target.port, signal);
    let failure: unknown;
    for (const { address } of found) {
      try {
        return await opened(target, address, signal);
      } catch (error) {
        failure = error;
        if (signal.aborted) break;
      }
    }
    throw failure;
  }
}

function opened({ host, port, secure }: SocketTarget, address: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket: Socket = secure
      ? tls.connect({
          host: address,
          port,
          ...(net.isIP(host) === 0 && { servername: host }),
          ...(secure.alpn && { ALPNProtocols: secure.alpn }),
          ...(secure.ca && { ca: secure.ca }),
        })
      : net.connect({ host: address, port });
    const stop = (): void => void socket.destroy(stopped(signal, host));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    // Not once: a socket may fail after it was given away, when its new owner does not listen yet.
    socket.on('error', (error) => reject(failureOf(error, host)));
    socket.once('close', () => {
      signal.removeEventListener('abort', stop);
      reject(new OutboundError('unreachable', `${host} hung up.`));
    });
    socket.once(secure ? 'secureConnect' : 'connect', () => resolve(socket));
  });
}

function failureOf(error: Error, host: string): OutboundError {
  if (error instanceof OutboundError) return error;
  const { code } = error as NodeJS.ErrnoException;
  return new OutboundError('unreachable', `${host} cannot be reached${code ? ` (${code})` : ''}.`);
}
