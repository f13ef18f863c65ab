/** One connection to a server, as the caller that is asked for: does the server speak with it? */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Caller, Knock, TlsDoor } from '../../../../model/drill/trust.ts';
import type { Lab } from '../../../lab/part.ts';
import { leafOf } from './clients.ts';
import { Conversation } from './conversation.ts';
import { knockMysql } from './mysql.ts';
import { servedOf } from './served.ts';

const TIMEOUT_MS = 3000;

export async function knock(lab: Lab, door: TlsDoor, caller: Caller, signal: AbortSignal): Promise<Knock> {
  if (door.protocol === 'mysql') return knockMysql(lab, door, caller);
  const socket = connect({ host: '127.0.0.1', port: door.port });
  const end = () => socket.destroy();
  signal.addEventListener('abort', end, { once: true });
  try {
    const plain = new Conversation(socket, TIMEOUT_MS);
    if (!(await plain.opened('connect'))) throw new Error(`${door.part} does not listen on port ${door.port}`);
    if (caller === 'plaintext') return judged(door, await speak(door, plain));
    const before = await beforeTls(door, plain);
    if (before !== undefined) return { outcome: before === '' ? 'silent' : 'refused', said: before };
    const secured = secure(lab, socket, caller);
    const spoken = new Conversation(secured, TIMEOUT_MS);
    if (!(await spoken.opened('secureConnect')))
      return { outcome: spoken.ended ? 'refused' : 'silent', said: spoken.error ?? 'closed during the handshake' };
    const shown = secured.getPeerX509Certificate();
    const served = shown === undefined ? {} : { served: servedOf(shown, secured.authorized) };
    return { ...judged(door, await speak(door, spoken)), ...served };
  } finally {
    signal.removeEventListener('abort', end);
    socket.destroy();
  }
}

/** What some servers want to hear or say before TLS. Undefined: go on; otherwise what went wrong, empty when nothing came. */
async function beforeTls({ protocol }: TlsDoor, plain: Conversation): Promise<string | undefined> {
  if (protocol === 'postgres') {
    const answer = await plain.say(POSTGRES_SSL, (text) => text.length > 0);
    return answer === 'S' ? undefined : plain.ended ? 'closed' : answer;
  }
  if (protocol === 'nats')
    return (await plain.hear((text) => text.includes('\r\n'))).startsWith('INFO') ? undefined : '';
  return undefined;
}

function secure(lab: Lab, socket: Socket, caller: Exclude<Caller, 'plaintext'>): TLSSocket {
  const own = caller === 'nobody' ? {} : { cert: leafOf(caller).chain, key: leafOf(caller).key };
  // Whether the server's certificate is a good one is told by the answer, not by an error: what it says to the caller counts here.
  return connectTls({
    socket,
    servername: 'localhost',
    ca: readFileSync(lab.client.ca),
    rejectUnauthorized: false,
    ...own,
  });
}

interface Said {
  readonly text: string;
  readonly ended: boolean;
  readonly error?: string;
}

/** Says the protocol's first words and takes down the answer. */
async function speak({ protocol }: TlsDoor, conversation: Conversation): Promise<Said> {
  await conversation.say(FIRST_WORDS[protocol], (text) => ANSWERED[protocol].test(text));
  const { text, ended, error } = conversation;
  return { text, ended, ...(error === undefined ? {} : { error }) };
}

function judged({ protocol }: TlsDoor, { text, ended, error }: Said): Knock {
  if (REFUSES[protocol].test(text)) return { outcome: 'refused', said: brief(text) };
  if (ADMITS[protocol].test(text)) return { outcome: 'admitted', said: brief(text) };
  return ended ? { outcome: 'refused', said: error ?? 'closed' } : { outcome: 'silent', said: brief(text) };
}

/** MariaDB is spoken to by its own client. */
const NOTHING = /(?!)/;
/** Request for TLS, and a first message as a login of the platform (postgresql.org/docs/15/protocol-message-formats.html). */
const POSTGRES_SSL = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const FIRST_WORDS: Readonly<Record<TlsDoor['protocol'], Buffer | string>> = {
  postgres: startup({ user: 'api_a', database: 'gpucloud' }),
  redis: 'PING\r\n',
  nats: 'CONNECT {"verbose":false,"pedantic":false,"lang":"drill","version":"1","protocol":1}\r\nPING\r\n',
  https: 'GET /launchgate-drill HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
  mysql: '',
};
const ANSWERED: Readonly<Record<TlsDoor['protocol'], RegExp>> = {
  postgres: /^[RE]/,
  redis: /^[+-]/,
  nats: /PONG|-ERR/,
  https: /^HTTP\/1\.1 \d+/,
  mysql: NOTHING,
};
/** An authentication that is asked for, or refused for want of a password, comes after the caller was let in. */
const ADMITS: Readonly<Record<TlsDoor['protocol'], RegExp>> = {
  postgres: /^R/,
  redis: /^\+PONG|^-NOAUTH/,
  nats: /PONG|Authorization Violation/,
  https: /^HTTP\/1\.1 \d+/,
  mysql: NOTHING,
};
const REFUSES: Readonly<Record<TlsDoor['protocol'], RegExp>> = {
  postgres: /^E/,
  redis: /^-(?!NOAUTH)/,
  nats: /Secure Connection|TLS/i,
  https: /^HTTP\/1\.1 400 .*plain HTTP request/s,
  mysql: NOTHING,
};

function startup(parameters: Readonly<Record<string, string>>): Buffer {
  const text = `${Object.entries(parameters)
    .map(([name, value]) => `${name}\0${value}\0`)
    .join('')}\0`;
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + Buffer.byteLength(text), 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

function brief(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 120);
}
