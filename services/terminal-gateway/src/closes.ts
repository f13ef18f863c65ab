/** With which code a browser is told that its shell has ended, or that it gets none. */
import type { Exited, Refused } from '@launchgate/node-agent/protocol';
import { CLOSE, type CloseReason } from './protocol.ts';

export type Close = readonly [code: number, text: string, reason: CloseReason];

/** Bytes that the reason of a close may have: 123 (RFC 6455, 5.5). */
const LONGEST = 123;
const encoder = new TextEncoder();

export function closeOfExit({ reason }: Exited): Close {
  if (reason === 'killed') return [CLOSE.killed, 'ended by an operator', 'killed'];
  if (reason === 'absolute') return [CLOSE.absolute, 'absolute age reached', 'absolute'];
  return [CLOSE.normal, reason, 'exit'];
}

/** Of every refusal but `fenced`: that one was taken over. */
export function closeOfRefusal({ code, message }: Refused): Close {
  if (code === 'lost' || code === 'denied') return [CLOSE.lost, 'session lost', 'lost'];
  if (code === 'ahead') return [CLOSE.malformed, 'lastSeq is ahead of the output', 'protocol'];
  if (code === 'user-cap' || code === 'node-cap') return [CLOSE.cap, shortened(message), 'lost'];
  return [CLOSE.agentGone, shortened(message), 'agent'];
}

/** As many whole characters as a close has room for. */
function shortened(text: string): string {
  const { read } = encoder.encodeInto(text, new Uint8Array(LONGEST));
  return text.slice(0, read).toWellFormed();
}
