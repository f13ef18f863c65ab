/** Clients that send their request drop by drop, or stop in the middle of it: each is cut, and meanwhile everybody else is served. */
import type { Step } from '../../model/drill/drill.ts';
import { authorityOf, type Edge } from '../../model/drill/edge.ts';
import { concretePath, hostOf, requestBytes } from '../../proofs/edge/drill.ts';
import type { Limited } from './drill.ts';

const DROP_MS = 500;
const OTHERS_EVERY_MS = 200;
/** One that waits longer was not served. */
const OTHERS_MS = 10_000;
/** Clocks of both sides start a little apart. */
const GRACE_MS = 1000;

export function slowClientsStep(limited: readonly Limited[], each: number): Step<'edge'> {
  const longest = Math.max(...limited.map(({ params }) => params.maxClientSeconds));
  return {
    name: `let ${each} clients of each service send slowly`,
    kind: 'fault',
    timeoutMs: longest * 1000 + 30_000,
    async run({ target: { edge }, observe, keep, say }) {
      const over = new AbortController();
      const others = limited.map((one) => askMeanwhile(edge, one, over.signal));
      const held = await Promise.all(limited.map((one) => slowClients(edge, one, each)));
      over.abort();
      const served = await Promise.all(others);
      say('every slow client is gone');
      keep('slow clients', { heldMs: held, others: served });
      for (const [index, { id, params }] of limited.entries()) {
        const mine = held[index]!;
        const [worst, failed] = [
          Math.max(...served[index]!.map(({ ms }) => ms)),
          served[index]!.filter(({ ok }) => !ok),
        ];
        observe({
          name: 'longest that a slow client was held',
          value: Math.max(...mine) / 1000,
          unit: 's',
          atMost: params.maxClientSeconds + GRACE_MS / 1000,
          subject: id,
        });
        observe({
          name: 'requests of others that failed meanwhile',
          value: failed.length,
          unit: 'requests',
          is: 0,
          subject: id,
          detail: `of ${served[index]!.length}, the slowest took ${worst.toFixed(0)} ms`,
        });
      }
    },
  };
}

/** Milliseconds that each was held; those that were still held at the end count with the whole time. */
async function slowClients(edge: Edge, { name, input, params }: Limited, count: number): Promise<number[]> {
  const route = input.paths[0]!;
  const host = hostOf(edge, name, route);
  const path = concretePath(route);
  const timeoutMs = params.maxClientSeconds * 1000 + 2 * GRACE_MS;
  const drops = Array.from({ length: Math.ceil(timeoutMs / DROP_MS) }, () => 'a');
  const head = [`GET ${path} HTTP/1.1\r\nHost: ${authorityOf(host, edge.place.httpsPort)}\r\nX-Slow: `, ...drops];
  const body = [
    requestBytes(edge, host, path, { 'Content-Type': 'application/json', 'Content-Length': '100' }, 'POST'),
    '"',
  ];
  const clients = Array.from({ length: count }, async (_, index) => {
    const { closedAfterMs } = await edge.raw(host, index % 2 === 0 ? head : body, { pauseMs: DROP_MS, timeoutMs });
    return closedAfterMs ?? timeoutMs;
  });
  return Promise.all(clients);
}

interface Served {
  readonly ok: boolean;
  readonly ms: number;
}

async function askMeanwhile(edge: Edge, { name, input }: Limited, over: AbortSignal): Promise<Served[]> {
  const route = input.paths[0]!;
  const [host, path] = [hostOf(edge, name, route), concretePath(route)];
  const served: Served[] = [];
  while (!over.aborted) {
    served.push(
      await edge.ask(host, path, { headers: { accept: 'text/plain' }, timeoutMs: OTHERS_MS }).then(
        ({ status, ms }) => ({ ok: status < 500 && status !== 429, ms }),
        () => ({ ok: false, ms: OTHERS_MS }),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, OTHERS_EVERY_MS));
  }
  return served;
}
