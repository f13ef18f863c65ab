/**
 * `/api/v1/notifications`. A browser cannot set headers on a WebSocket, so the token comes as a second subprotocol, `bearer.TOKEN`; it is never in
 * the URL, and only the first one is echoed. Everything is judged before the handshake is answered.
 */
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { handshakeFault } from '@launchgate/runtime/lifecycle';
import { WebSocketServer, type WebSocket } from 'ws';
import { answerSocket } from '../http/client-errors.ts';
import { asProblem, Problem } from '../http/problem.ts';
import type { Principal } from '../identity/token.ts';
import { createFeed } from './feed.ts';
import type { Farewell, Hub } from './hub.ts';
import { takePlace, type Place } from './join.ts';
import { position, type Frame } from './message.ts';

export const NOTIFICATIONS_PATH = '/api/v1/notifications';
export const NOTIFICATIONS_PROTOCOL = 'launchgate.notifications.v1';

/** RFC 6455, section 7.4: 1008 policy, which the page does not come back from; 1013 try again later; 4401 is ours: come again with a new token. */
const CLOSE: Record<Farewell | 'talks', readonly [number, string]> = {
  talks: [1008, 'nothing is expected from clients'],
  revoked: [1008, 'revoked'],
  expired: [4401, 'token expired'],
  slow: [1013, 'too slow'],
};

const SOCKET_OPTIONS = {
  noServer: true,
  maxPayload: 4096,
  // Nothing is expected; and each piece of what never becomes a message would keep the chunk of the network that it came in.
  maxFragments: 1,
  perMessageDeflate: false,
  // Milliseconds: a close frame stands behind what a slow client does not take, and is not waited for any longer.
  closeTimeout: 5000,
  handleProtocols: () => NOTIFICATIONS_PROTOCOL,
};

export interface UpgradeDeps {
  readonly hub: Hub;
  /** Verifies the token and everything else that stands before a route; throws a Problem. */
  readonly admit: (token: string, request: IncomingMessage) => Promise<Principal>;
  readonly origins: readonly string[];
  readonly missed: (user: string, after: string | undefined) => Promise<Frame[]>;
  readonly requestId: (request: IncomingMessage) => string | undefined;
  readonly onDropped?: (count: number) => void;
  readonly onError?: (error: unknown) => void;
}

/** What comes without an upgrade, since a proxy has taken it out, say, is told that it lacks one. */
export function withoutUpgrade(app: FastifyInstance): void {
  app.get(NOTIFICATIONS_PATH, { schema: { hide: true } }, async () => {
    throw new Problem(426, 'Upgrade required', 'This is a WebSocket, and the request does not ask for one.', {
      headers: { connection: 'upgrade', upgrade: 'websocket' },
    });
  });
}

/** Answers the WebSocket server, for whoever drains it. */
export function notificationSockets(server: Server, deps: UpgradeDeps): WebSocketServer {
  const sockets = new WebSocketServer(SOCKET_OPTIONS);
  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    try {
      const place = await accept(request, deps);
      socket.once('close', place.part);
      if (socket.destroyed) return place.part();
      sockets.handleUpgrade(request, socket, head, (client) => serve(client, place, deps));
    } catch (error) {
      answerSocket(socket, asProblem(error), deps.requestId(request));
    }
  }
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A socket that was refused already, by the drain for one, is not ours any more.
    if (socket.destroyed || socket.writableEnded) return;
    socket.on('error', () => socket.destroy());
    void upgrade(request, socket, head);
  });
  return sockets;
}

async function accept(request: IncomingMessage, deps: UpgradeDeps): Promise<Place> {
  // As it came: what a parser would make of `//host/path` or `/x/../path` is another path than a proxy has judged.
  const { url = '' } = request;
  const [path = ''] = url.split('?', 1);
  if (path !== NOTIFICATIONS_PATH) throw new Problem(404, 'Not found', 'There is no such socket.');
  const { origin } = request.headers;
  if (origin !== undefined && !deps.origins.includes(origin))
    throw new Problem(403, 'Forbidden', 'This page may not connect.');
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((item) => item.trim());
  const token = offered.find((item) => item.startsWith('bearer.'))?.slice('bearer.'.length);
  if (!offered.includes(NOTIFICATIONS_PROTOCOL))
    throw new Problem(400, 'Bad request', `Offer the subprotocol ${NOTIFICATIONS_PROTOCOL}.`);
  if (token === undefined || token === '')
    throw new Problem(401, 'Unauthorized', 'Offer the token as subprotocol bearer.TOKEN.');
  const after = position.optional().safeParse(new URLSearchParams(url.slice(path.length)).get('after') ?? undefined);
  if (!after.success)
    throw new Problem(400, 'Bad request', 'after takes the id of a notification, or the position of a "joined".');
  // Before a place is taken: a handshake that fails would hold it until its socket is gone.
  const fault = handshakeFault(request);
  if (fault !== undefined) {
    const { status, because, headers } = fault;
    throw new Problem(status, STATUS_CODES[status] ?? '', `No handshake of a WebSocket: ${because}.`, { headers });
  }
  const principal = await deps.admit(token, request);
  return takePlace(deps.hub, principal, () => deps.missed(principal.sub, after.data));
}

function serve(socket: WebSocket, place: Place, deps: UpgradeDeps): void {
  let alive = true;
  const feed = createFeed(
    {
      write: (frame, done) => socket.send(JSON.stringify(frame), done),
      stalled: () => leave('slow'),
    },
    deps.onDropped === undefined ? {} : { onDropped: deps.onDropped },
  );
  const leave = (why: keyof typeof CLOSE) => socket.close(...CLOSE[why]);
  socket.once('message', () => leave('talks'));
  socket.on('pong', () => (alive = true));
  socket.on('error', (error) => deps.onError?.(error));
  socket.on('close', () => feed.close());
  place.begin({
    offer: (frame) => feed.offer(frame),
    leave,
    beat() {
      if (!alive) return socket.terminate();
      alive = false;
      socket.ping();
    },
  });
}
