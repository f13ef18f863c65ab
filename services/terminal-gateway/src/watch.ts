/** Once a second: who is silent, idle, stalled, too old, or has to show a login again. */
import type { Client } from './client.ts';
import { CLOSE } from './protocol.ts';

/** Milliseconds. */
export interface Timeouts {
  readonly ping: number;
  /** From the upgrade to the hello. */
  readonly hello: number;
  /** From the hello to the answer of its node. */
  readonly opening: number;
  /** Without anything the user did. The shell is kept by its node for a while. */
  readonly idle: number;
  /** Of a connection; a session's own age is its node's to judge, whatever the number of connections. */
  readonly absolute: number;
  /** After the ticket was issued, a new one is due. */
  readonly reauth: number;
  /** With output waiting and none of it consumed. */
  readonly stalled: number;
  /** From the close to the end of the connection, whatever the browser does. */
  readonly closing: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  ping: 45_000,
  hello: 5000,
  opening: 35_000,
  idle: 900_000,
  absolute: 28_800_000,
  reauth: 3_600_000,
  stalled: 30_000,
  closing: 10_000,
};

/** So long before it is due, re-authentication is announced. */
const NOTICE = 60_000;

/** `now` is of `performance.now()`: a clock that is set neither ends a session nor prolongs it. */
export function watchClient(client: Client, now: number, timeouts: Timeouts, flowControl: boolean): void {
  if (client.state === 'closing') {
    client.closingAt ??= now;
    if (now - client.closingAt > timeouts.closing) client.terminate('abrupt');
    return;
  }
  client.look(now);
  if (now - client.openedAt > timeouts.hello && client.state === 'hello')
    return client.close(CLOSE.policy, 'handshake', 'protocol');
  if (client.state === 'opening' && now - client.askedAt > timeouts.opening) return client.gone();
  if (now - client.openedAt > timeouts.absolute) {
    client.kill('absolute age reached');
    return client.close(CLOSE.absolute, 'absolute age reached', 'absolute');
  }
  if (now - client.inputAt > timeouts.idle) return client.close(CLOSE.idle, 'idle', 'idle');
  if (flowControl && client.stalled(now) > timeouts.stalled)
    return client.close(CLOSE.overload, 'nothing was consumed', 'slow');
  reauthenticate(client, now, timeouts);
  if (now - client.pingedAt < timeouts.ping) return;
  if (client.alive) client.ping(now);
  else client.terminate('abrupt');
}

function reauthenticate(client: Client, now: number, { reauth }: Timeouts): void {
  const due = client.issuedAt + reauth;
  if (now > due) return client.close(CLOSE.reauth, 'log in again', 'reauth');
  if (client.warned || client.state !== 'live' || now < due - Math.min(NOTICE, reauth / 2)) return;
  client.warned = true;
  const left = Math.max(0, due - now);
  const reconnectAfter = Math.floor(Math.random() * left * 0.5);
  client.tell({ type: 'drain', reason: 'reauth', deadline: Math.round(Date.now() + left), reconnectAfter });
}
