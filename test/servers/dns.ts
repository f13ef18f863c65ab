/** A DNS server on UDP loopback that answers as a test says, with a TTL of zero: RFC 1035, A, AAAA and CNAME. */
import { createSocket } from 'node:dgram';

export interface DnsAnswer {
  readonly addresses?: readonly string[];
  /** Put before the addresses, which then belong to it. */
  readonly cname?: string;
  /** 2 is SERVFAIL, 3 NXDOMAIN. */
  readonly rcode?: number;
  /** No answer at all. */
  readonly silent?: boolean;
}

export interface DnsServer {
  /** As `dns.setServers` takes it. */
  readonly address: string;
  /** `<type> <name>` in the order asked. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

const TYPES: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' };

/** `answer` is asked with the name, the type and how often this pair has been asked before. */
export async function startDns(
  answer: (name: string, type: 'A' | 'AAAA', before: number) => DnsAnswer,
): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, peer) => {
    const { name, type, end } = question(query);
    if (type === undefined) return;
    const key = `${type} ${name}`;
    const reply = answer(name, type, asked.filter((one) => one === key).length);
    asked.push(key);
    if (reply.silent !== true) socket.send(encode(query, end, type, reply), peer.port, peer.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    stop: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

function question(query: Buffer): { name: string; type: 'A' | 'AAAA' | undefined; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: TYPES[query.readUInt16BE(at + 1)], end: at + 5 };
}

function encode(query: Buffer, end: number, type: 'A' | 'AAAA', reply: DnsAnswer): Buffer {
  const records: Buffer[] = [];
  let owner: Buffer = Buffer.from([0xc0, 12]);
  if (reply.cname !== undefined) {
    const target = wireName(reply.cname);
    records.push(record(owner, 5, target));
    owner = target;
  }
  for (const address of reply.addresses ?? [])
    records.push(record(owner, type === 'A' ? 1 : 28, parseAddress(address)));
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | (reply.rcode ?? 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, query.subarray(12, end), ...records]);
}

function record(owner: Buffer, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fixed, data]);
}

function wireName(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

/** Four or sixteen octets; IPv6 in the form that `URL` gives it. */
function parseAddress(text: string): Buffer {
  if (!text.includes(':')) return Buffer.from(text.split('.').map(Number));
  const [head = '', tail = ''] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const parts = (side: string) => (side === '' ? [] : side.split(':').map((hex) => Number.parseInt(hex, 16)));
  const zeros = Array.from({ length: 8 - parts(head).length - parts(tail).length }, () => 0);
  return Buffer.from([...parts(head), ...zeros, ...parts(tail)].flatMap((hextet) => [hextet >> 8, hextet & 255]));
}
