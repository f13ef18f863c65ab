/**
 * A server that answers what another one once did: exchanges recorded from a store that no test machine runs. Each is answered once, in the order of
 * its method and path; a question that was not recorded is answered 599, and told. `LAUNCHGATE_RECORD_FROM=URL` records anew instead.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

interface Exchange {
  readonly method: string;
  readonly path: string;
  /** SHA-256 of the body; a JSON body as it was; `*` for one that says when it was sent. */
  readonly sent?: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Exchanges {
  readonly url: string;
  /** While it records, a moment for what goes on behind the server by itself; nothing otherwise. */
  settle(): Promise<void>;
  /** Questions that nobody recorded, and recorded ones that nobody asked. */
  unmet(): string[];
  stop(): void;
}

/** Headers that say something of an answer; the rest is transport, or when. */
const KEPT = ['content-type', 'etag', 'x-amz-server-side-encryption', 'x-amz-version-id'];

/** A name that is another one each time, such as that of a run: the recording has `recorded` wherever the run has what matches `now`. */
interface Renamed {
  readonly recorded: string;
  readonly now: RegExp;
  /** Milliseconds, as the recording writes the moment at which it was made: now, whenever it is played. */
  readonly moment?: string;
}

export async function startExchanges(file: string, renamed?: Renamed): Promise<Exchanges> {
  let name: string | undefined;
  const asRecorded = (text: string): string => {
    name = renamed?.now.exec(text)?.[0] ?? name;
    return renamed === undefined || name === undefined ? text : text.replaceAll(name, renamed.recorded);
  };
  const asNow = (text: string): string => {
    if (renamed === undefined || name === undefined) return text;
    const named = text.replaceAll(renamed.recorded, name);
    return renamed.moment === undefined ? named : named.replaceAll(renamed.moment, String(Date.now()));
  };
  const from = process.env['LAUNCHGATE_RECORD_FROM'];
  const left: Exchange[] = from === undefined ? (JSON.parse(readFileSync(file, 'utf8')) as Exchange[]) : [];
  const unknown: string[] = [];
  const server = createServer((incoming, response) => {
    void answer(incoming).then(({ status, headers, body }) =>
      response.writeHead(status, headers).end(Buffer.from(body, 'latin1')),
    );
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));

  async function answer(incoming: IncomingMessage): Promise<Pick<Exchange, 'status' | 'headers' | 'body'>> {
    const [method = '', path] = [incoming.method, asRecorded(incoming.url ?? '')];
    const content = await bodyOf(incoming);
    const sent = content.length === 0 ? {} : { sent: asRecorded(sentOf(content)) };
    if (from !== undefined) {
      const made = await asked(from, incoming, content);
      left.push({ method, path, ...sent, ...made });
      return made;
    }
    const at = left.findIndex(
      (one) => one.method === method && one.path === path && (one.sent === sent.sent || one.sent === '*'),
    );
    const [found] = at < 0 ? [] : left.splice(at, 1);
    if (found !== undefined) return { ...found, body: asNow(found.body) };
    unknown.push(`${method} ${path} ${sent.sent ?? ''}`);
    return { status: 599, headers: {}, body: 'nobody recorded this' };
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    settle: () => (from === undefined ? Promise.resolve() : sleep(2000)),
    unmet: () =>
      from === undefined ? [...unknown, ...left.map(({ method, path }) => `nobody asked ${method} ${path}`)] : [],
    stop() {
      server.close();
      server.closeAllConnections();
      if (from !== undefined) writeFileSync(file, `${JSON.stringify(left, undefined, 2)}\n`);
    },
  };
}

/** With the headers that came, `host` among them: a signature is of it. */
function asked(
  from: string,
  incoming: IncomingMessage,
  content: Buffer,
): Promise<Pick<Exchange, 'status' | 'headers' | 'body'>> {
  const { hostname, port } = new URL(from);
  const { method, url: path, headers } = incoming;
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      const kept = KEPT.flatMap((name) =>
        answer.headers[name] === undefined ? [] : [[name, String(answer.headers[name])]],
      );
      void bodyOf(answer).then((body) =>
        resolve({ status: answer.statusCode ?? 0, headers: Object.fromEntries(kept), body: body.toString('latin1') }),
      );
    });
    sent.on('error', reject);
    sent.end(content);
  });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function sentOf(content: Buffer): string {
  const text = content.toString('utf8');
  return text.startsWith('{') ? text : createHash('sha256').update(content).digest('hex');
}
