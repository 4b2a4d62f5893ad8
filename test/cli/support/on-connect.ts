import { Socket } from 'node:net';

/** Tells where this process connects to, until the answer is called. */
export function onConnect(tell: (place: string) => void): () => void {
  const { prototype } = Socket;
  const { connect } = prototype;
  prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    const { host, port } = [args[0]].flat()[0] as { host: string; port: number };
    tell(`${host}:${port}`);
    return connect.apply(this, args as Parameters<typeof connect>);
  };
  return () => void (prototype.connect = connect);
}
