/** WebSockets that are kept: the body of a request is a message, and the next message that comes back is its answer, counted as status 101. */
import { WebSocket } from 'ws';
import { kindOf, type Lane, type Settle } from './lane.ts';
import type { ErrorKind, LoadPlan } from './plan.ts';

const MOST_MESSAGE = 1024 * 1024;
const OPENED = 101;

export function webSocketLanes(plan: LoadPlan, settle: Settle): (lane: number) => Lane {
  return (number) => {
    const sockets = new Map<number, WebSocket>();
    /** The one whose message is awaited. */
    let busy: WebSocket | undefined;

    function settleOn(socket: WebSocket, result: { readonly status: number } | { readonly kind: ErrorKind }): void {
      if (busy !== socket) return;
      busy = undefined;
      if ('status' in result) settle.answered(number, result.status);
      else settle.failed(number, result.kind);
    }

    function open(index: number): WebSocket {
      const socket = connectTo(plan, index, number);
      const drop = (): void => {
        if (sockets.get(index) === socket) sockets.delete(index);
      };
      socket.on('message', () => settleOn(socket, { status: OPENED }));
      socket.on('error', (error) => (drop(), settleOn(socket, { kind: kindOf(error) })));
      socket.on('close', () => (drop(), settleOn(socket, { kind: 'closed' })));
      // A server that refuses says so with a status: that is an answer, not a failure of the wire.
      socket.on('unexpected-response', (request, response) => {
        drop();
        request.destroy();
        settleOn(socket, { status: response.statusCode ?? 0 });
      });
      sockets.set(index, socket);
      return socket;
    }

    return {
      send(index) {
        const socket = sockets.get(index) ?? open(index);
        busy = socket;
        const message = plan.requests[index]!.body ?? '';
        if (socket.readyState === WebSocket.OPEN) socket.send(message);
        else socket.once('open', () => socket.send(message));
      },
      cancel() {
        const given = busy;
        busy = undefined;
        given?.terminate();
      },
      close() {
        busy = undefined;
        for (const socket of sockets.values()) socket.terminate();
      },
    };
  };
}

function connectTo({ address, port, tls, from, requests }: LoadPlan, index: number, lane: number): WebSocket {
  const { host, authority, path, headers } = requests[index]!;
  const secure = tls === undefined ? {} : { servername: host, ...(tls.ca === undefined ? {} : { ca: tls.ca }) };
  const local = from.length === 0 ? {} : { localAddress: from[lane % from.length]! };
  return new WebSocket(`${tls === undefined ? 'ws' : 'wss'}://${address}:${port}${path}`, {
    headers: { ...headers, host: authority },
    maxPayload: MOST_MESSAGE,
    perMessageDeflate: false,
    ...secure,
    ...local,
  });
}
