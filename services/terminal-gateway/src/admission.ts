/** From a handshake to a client: judged, upgraded, and given its node. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { MAX_FRAGMENTS } from '@launchgate/node-agent/protocol';
import { correlationOf } from '@launchgate/runtime/correlation';
import type { Log } from '@launchgate/runtime/logging';
import { WebSocketServer } from 'ws';
import type { Agents } from './agents.ts';
import type { ClientHost } from './client-host.ts';
import { Client } from './client.ts';
import { MAX_INPUT, POSITION, SUBPROTOCOL } from './protocol.ts';
import { judgeUpgrade, refuseUpgrade, type GateOptions } from './upgrade.ts';

export interface AdmissionOptions {
  readonly gate: GateOptions;
  readonly agents: Agents;
  readonly host: ClientHost;
  /** How long a browser may take to answer a close, milliseconds. */
  readonly closeWait: number;
  readonly log: Log;
  admitted(client: Client): void;
}

export interface Admission {
  /** Handshakes that are being judged. */
  readonly entering: number;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export function createAdmission({ gate, agents, host, closeWait, log, admitted }: AdmissionOptions): Admission {
  let entering = 0;
  // Not yet among the types of ws 8.
  const closeTimeout = { closeTimeout: closeWait };
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_INPUT + POSITION,
    maxFragments: MAX_FRAGMENTS,
    handleProtocols: () => SUBPROTOCOL,
    ...closeTimeout,
  });

  async function admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const answer = await judgeUpgrade(request, gate);
    const address = request.socket.remoteAddress ?? '';
    if ('status' in answer) {
      host.metrics.refused(answer.because);
      log.info({ reason: answer.because, refused: answer.status, address }, 'a terminal is refused');
      return refuseUpgrade(socket, answer);
    }
    const { claims, fence, known } = answer;
    const link = () => agents.link(claims.nodeAddr);
    // Dialled now, it is there for the hello.
    if (link() === undefined) {
      host.metrics.refused('node');
      log.error(
        { session: claims.ses, node: claims.node, node_address: claims.nodeAddr },
        'a ticket names a node outside of NODE_AGENT_CIDRS',
      );
      return refuseUpgrade(socket, { status: 403, because: 'node' });
    }
    if (socket.destroyed) return;
    const requestId = correlationOf(request)?.requestId;
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      admitted(new Client(webSocket, { claims, fence, known, address, requestId, link, host }));
    });
  }

  /** What nobody has thought of ends one handshake, and says so. */
  function fail(socket: Duplex, error: unknown): void {
    host.metrics.refused('internal');
    log.error({ err: error }, 'a handshake has failed');
    refuseUpgrade(socket, { status: 503, because: 'internal', retryAfter: 5 });
  }

  return {
    get entering() {
      return entering;
    },
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      entering += 1;
      admit(request, socket, head)
        .catch((error: unknown) => fail(socket, error))
        .finally(() => (entering -= 1));
    },
  };
}
