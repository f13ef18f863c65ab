/** One connection of HTTP/1.1 for each host, kept as long as the server lets it, without pipelining. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { kindOf, type Lane, type Settle } from '../lane.ts';
import type { LoadPlan } from '../plan.ts';
import { encodeRequest } from './encode.ts';
import { responseReader, type Progress, type ResponseReader } from './reader.ts';

const BUFFER_BYTES = 16 * 1024;

/** Makes the lane with that number; what all of them share is prepared once. */
export function http1Lanes(plan: LoadPlan, settle: Settle): (lane: number) => Lane {
  const hosts = [...new Set(plan.requests.map(({ host }) => host))];
  const requests = plan.requests.map((request) => ({
    bytes: encodeRequest(request),
    bodyless: request.method === 'HEAD',
    host: hosts.indexOf(request.host),
  }));
  return (number) => {
    const connections: (Connection | undefined)[] = hosts.map(() => undefined);
    /** The one whose answer is awaited. */
    let busy: Connection | undefined;

    function open(host: number): Connection {
      const reader = responseReader(plan.idHeader);
      const socket = connectTo(plan, hosts[host]!, number, (bytes, length) =>
        advance(opened, reader.read(bytes, length)),
      );
      const opened: Connection = { socket, reader, host };
      socket.on('end', () => (busy === opened ? advance(opened, reader.end(), 'closed') : drop(opened)));
      socket.on('error', (error) => fail(opened, kindOf(error)));
      socket.on('close', () => fail(opened, 'closed'));
      return opened;
    }

    function advance(on: Connection, progress: Progress, otherwise: 'malformed' | 'closed' = 'malformed'): void {
      if (progress === 'more') return;
      if (progress === 'malformed' || busy !== on) return fail(on, otherwise);
      busy = undefined;
      if (!on.reader.reusable) drop(on);
      settle.answered(number, on.reader.status, on.reader.id);
    }

    function fail(on: Connection, kind: ReturnType<typeof kindOf>): void {
      drop(on);
      if (busy !== on) return;
      busy = undefined;
      settle.failed(number, kind);
    }

    function drop(on: Connection): void {
      if (connections[on.host] === on) connections[on.host] = undefined;
      on.socket.destroy();
    }

    return {
      send(index) {
        const { bytes, bodyless, host } = requests[index]!;
        busy = connections[host] ??= open(host);
        busy.reader.expect(bodyless);
        busy.socket.write(bytes);
      },
      cancel() {
        const on = busy;
        busy = undefined;
        if (on !== undefined) drop(on);
      },
      close() {
        busy = undefined;
        for (const on of connections) if (on !== undefined) drop(on);
      },
    };
  };
}

interface Connection {
  readonly socket: Socket;
  readonly reader: ResponseReader;
  readonly host: number;
}

/** Plain sockets read into one buffer of their own, which spares a stream's work for each chunk; TLS cannot. */
function connectTo(plan: LoadPlan, host: string, lane: number, read: (bytes: Buffer, length: number) => void): Socket {
  const { address, port, tls, from } = plan;
  const local = from.length === 0 ? {} : { localAddress: from[lane % from.length]! };
  if (tls === undefined) {
    const onread = {
      buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
      callback: (length: number, bytes: Uint8Array) => (read(bytes as Buffer, length), true),
    };
    return connectTcp({ host: address, port, noDelay: true, onread, ...local });
  }
  const ca = tls.ca === undefined ? {} : { ca: tls.ca };
  const socket = connectTls({ host: address, port, servername: host, ALPNProtocols: ['http/1.1'], ...ca, ...local });
  socket.setNoDelay(true);
  socket.on('data', (chunk) => read(chunk, chunk.length));
  return socket;
}
