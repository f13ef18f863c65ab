/** A minute of use, reported by a customer: it goes through the API and NATS to the billing worker, and by the relay and Redis back to the customer's page. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { CannotTell } from '../../../model/drill/drill.ts';
import { until } from '../../../model/drill/until.ts';
import type { Journey, JourneyEvent } from '../../../model/drill/traces.ts';
import type { OpenLab } from '../../lab/open.ts';
import type { Use } from '../../target.ts';
import { rentNode } from '../../terminals/rent.ts';
import { labEdge } from './edge.ts';
import { nodesOf } from './nodes.ts';
import { labPeople } from './people.ts';

const SERVICE = 'api';
const TIMEOUT_MS = 30_000;

export async function takeJourney(open: OpenLab, use: Use, before?: () => Promise<void>): Promise<Journey> {
  const { lab } = open;
  const { journey: node } = nodesOf(lab);
  if (node === undefined) throw new CannotTell('the lab runs no node that a customer could rent');
  const edge = labEdge(open, use);
  const people = labPeople(open, use);
  const host = edge.host(SERVICE);
  const token = await people.token(people.names.stranger);
  const ask = (path: string, call: object = {}) => edge.ask(host, path, { token, timeoutMs: TIMEOUT_MS, ...call });
  const instance = await rentNode(ask, node);
  if (instance === undefined)
    throw new CannotTell(`${node} is rented by somebody else, so the test user has no use to report`);
  const traceId = randomBytes(16).toString('hex');
  const page = await listen(host, edge.place.httpsPort, readFileSync(lab.client.ca, 'utf8'), token);
  try {
    await before?.();
    const began = performance.now();
    const answer = await ask(`/api/v1/instances/${instance}/usage`, {
      method: 'POST',
      body: { seconds: 1 },
      headers: { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` },
    });
    const requestId = answer.headers['x-request-id'];
    return {
      traceId,
      ...(requestId === undefined ? {} : { requestId }),
      status: answer.status,
      ms: answer.ms,
      service: SERVICE,
      async event(forMs) {
        // Notifications of other requests of the same customer come here as well.
        const isOwn = (one: JourneyEvent): boolean => one.requestId === requestId || one.traceId === traceId;
        const seen = await until(() => Promise.resolve(page.seen(began).find(isOwn)), { signal: use.signal, forMs });
        const any = seen ?? page.seen(began).at(-1);
        page.close();
        return any;
      },
    };
  } catch (error) {
    page.close();
    throw error;
  }
}

const told = z.looseObject({ requestId: z.string().optional(), traceparent: z.string().optional() });

interface Page {
  /** What arrived, with milliseconds since then. */
  seen(began: number): JourneyEvent[];
  close(): void;
}

/** Names below localhost are known to browsers, and to no resolver of Debian's. */
const toLoopback: LookupFunction = (_host, { all }, done) =>
  all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);

async function listen(host: string, port: number, ca: string, token: string): Promise<Page> {
  const seen: { at: number; requestId: string | undefined; traceparent: string | undefined }[] = [];
  const socket = new WebSocket(
    `wss://${host}:${port}/api/v1/notifications`,
    ['launchgate.notifications.v1', `bearer.${token}`],
    { ca, lookup: toLoopback, origin: `https://console.localhost:${port}`, handshakeTimeout: TIMEOUT_MS },
  );
  socket.on('message', (data: Buffer) => {
    const { requestId, traceparent } = told.parse(JSON.parse(data.toString()));
    seen.push({ at: performance.now(), requestId, traceparent });
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  // A socket that nobody looks at any more must not keep the process.
  setTimeout(() => socket.terminate(), 2 * TIMEOUT_MS).unref();
  return {
    seen: (began) =>
      seen
        .filter(({ at }) => at >= began)
        .map(({ at, requestId, traceparent }) => ({
          ms: at - began,
          ...(requestId === undefined ? {} : { requestId }),
          ...(traceparent === undefined ? {} : { traceId: traceparent.split('-')[1] ?? '' }),
        })),
    close: () => socket.terminate(),
  };
}
