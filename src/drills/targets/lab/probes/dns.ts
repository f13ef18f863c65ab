/** A name server for one drill: it answers A and AAAA of the names that it was told, each lookup with the next answer (RFC 1035). */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { once } from 'node:events';

export interface NameServer {
  readonly port: number;
  tell(name: string, answers: readonly (readonly string[])[]): void;
  /** Queries for it so far, whatever their type. */
  lookups(name: string): number;
  close(): void;
}

const [A, AAAA, IN] = [1, 28, 1];
/** Standard query response, recursion available; and the same with NXDOMAIN. */
const [FOUND, UNKNOWN] = [0x8180, 0x8183];

export async function startNameServer(): Promise<NameServer> {
  const names = new Map<string, { answers: readonly (readonly string[])[]; lookups: Map<number, number> }>();
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const answer = respond(query);
    if (answer !== undefined) socket.send(answer, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    tell: (name, answers) => void names.set(name, { answers, lookups: new Map() }),
    lookups: (name) => [...(names.get(name)?.lookups.values() ?? [])].reduce((sum, count) => sum + count, 0),
    close: () => socket.close(),
  };

  /** A and AAAA of one lookup come as two queries: each type counts for itself. */
  function respond(query: Buffer): Buffer | undefined {
    if (query.length < 17) return undefined;
    const { name, end } = nameIn(query, 12);
    const type = query.readUInt16BE(end);
    const known = names.get(name);
    const question = query.subarray(12, end + 4);
    if (known === undefined) return Buffer.concat([head(query, UNKNOWN, 0), question]);
    const turn = known.lookups.get(type) ?? 0;
    known.lookups.set(type, turn + 1);
    const addresses = (known.answers[Math.min(turn, known.answers.length - 1)] ?? []).filter(
      (address) => isIPv6(address) === (type === AAAA),
    );
    const records = type === A || type === AAAA ? addresses.map((address) => record(type, address)) : [];
    return Buffer.concat([head(query, FOUND, records.length), question, ...records]);
  }
}

function head(query: Buffer, flags: number, answers: number): Buffer {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(flags, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers, 6);
  return header;
}

/** The name of the question by a pointer, living for no second. */
function record(type: number, address: string): Buffer {
  const data = type === A ? Buffer.from(address.split('.').map(Number)) : ipv6(address);
  const fixed = Buffer.alloc(12);
  fixed.writeUInt16BE(0xc00c, 0);
  fixed.writeUInt16BE(type, 2);
  fixed.writeUInt16BE(IN, 4);
  fixed.writeUInt32BE(0, 6);
  fixed.writeUInt16BE(data.length, 10);
  return Buffer.concat([fixed, data]);
}

function ipv6(address: string): Buffer {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const words =
    dotted === null ? address : `${dotted[1]}${pair(dotted[2]!, dotted[3]!)}:${pair(dotted[4]!, dotted[5]!)}`;
  const [before = '', after] = words.split('::');
  const left = before === '' ? [] : before.split(':');
  const right = after === undefined || after === '' ? [] : after.split(':');
  const groups = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return Buffer.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}

function pair(high: string, low: string): string {
  return ((Number(high) << 8) | Number(low)).toString(16);
}

function nameIn(query: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = query[at] ?? 0; length > 0 && at + length < query.length; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}
