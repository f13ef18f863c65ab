/**
 * Streams of HTTP/2: the lanes share sessions, one for every hundred of them, which servers allow at least (RFC 9113, section 6.5.2). What a server
 * has not processed by its own word is sent anew, once, as clients do (section 8.7); its latency counts from when it was due all the same.
 */
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { kindOf, type Lane, type Settle } from './lane.ts';
import type { ErrorKind, LoadPlan } from './plan.ts';

const STREAMS_OF_A_SESSION = 100;

export function http2Lanes(plan: LoadPlan, settle: Settle): (lane: number) => Lane {
  const sessions = new Map<string, ClientHttp2Session>();
  /** Of sessions that end: the last stream that the server has processed. */
  const lastProcessed = new WeakMap<ClientHttp2Session, number>();

  function sessionFor(host: string, authority: string, number: number): ClientHttp2Session {
    const key = `${number} ${host}`;
    const known = sessions.get(key);
    if (known !== undefined) return known;
    const session = connect(`http${plan.tls === undefined ? '' : 's'}://${authority}`, {
      createConnection: () => connectTo(plan, host, number),
    });
    sessions.set(key, session);
    const forget = () => {
      if (sessions.get(key) === session) sessions.delete(key);
    };
    // Its streams tell what an error means for them. After GOAWAY new requests go to a new session, and those under way are still answered.
    session.on('error', forget).on('close', forget);
    session.on('goaway', (_code, last) => {
      lastProcessed.set(session, last);
      forget();
    });
    return session;
  }

  return (number) => {
    let stream: ClientHttp2Stream | undefined;
    return {
      send: (index) => attempt(index, true),
      cancel() {
        const given = stream;
        stream = undefined;
        given?.close();
      },
      close() {
        stream = undefined;
        for (const session of sessions.values()) session.destroy();
        sessions.clear();
      },
    };

    function attempt(index: number, mayRepeat: boolean): void {
      const { host, authority, method, path, headers, body } = plan.requests[index]!;
      let status = 0;
      let id: string | undefined;
      let failure: ErrorKind = 'closed';
      const session = sessionFor(host, authority, Math.floor(number / STREAMS_OF_A_SESSION));
      const opened = session.request(
        { ...headers, ':method': method, ':path': path, ':authority': authority },
        { endStream: body === undefined },
      );
      stream = opened;
      opened.on('response', (answer) => {
        status = answer[':status'] ?? 0;
        id = plan.idHeader === undefined ? undefined : answer[plan.idHeader]?.toString();
      });
      opened.on('error', (error) => (failure = kindOf(causeOf(error))));
      opened.on('close', () => {
        if (stream !== opened) return;
        stream = undefined;
        if (status > 0 && opened.rstCode === 0) settle.answered(number, status, id);
        else if (mayRepeat && status === 0 && isUnprocessed(session, opened)) attempt(index, false);
        else settle.failed(number, failure);
      });
      opened.resume();
      if (body !== undefined) opened.end(body);
    }
  };

  function isUnprocessed(session: ClientHttp2Session, { id, rstCode }: ClientHttp2Stream): boolean {
    if (rstCode === constants.NGHTTP2_REFUSED_STREAM) return true;
    const last = lastProcessed.get(session);
    return last !== undefined && (id === undefined || id > last);
  }
}

/** A stream's error wraps that of its session. */
function causeOf(error: Error): unknown {
  return error.cause ?? error;
}

function connectTo({ address, port, tls, from }: LoadPlan, host: string, session: number) {
  const local = from.length === 0 ? {} : { localAddress: from[session % from.length]! };
  if (tls === undefined) return connectTcp({ host: address, port, noDelay: true, ...local });
  const ca = tls.ca === undefined ? {} : { ca: tls.ca };
  return connectTls({ host: address, port, servername: host, ALPNProtocols: ['h2'], ...ca, ...local });
}
