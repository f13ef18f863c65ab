import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** Asks the API of the platform as one user. */
export type AskApi = (
  path: string,
  call?: { readonly method?: 'GET' | 'POST'; readonly body?: object },
) => Promise<{ readonly status: number; readonly text: string }>;

const rentals = z.object({
  items: z.array(z.object({ id: z.string(), status: z.string(), nodeId: z.string() })),
});
const rental = z.object({ id: z.string() });

/** Longest that a node's agent may take to answer for a new rental. */
const PENDING_MS = 60_000;
const POLL_MS = 50;

/**
 * Id of the user's rental of a node, once that node's agent has answered; made where there is none, `undefined` where somebody else has the
 * node.
 */
export async function rentNode(ask: AskApi, nodeId: string): Promise<string | undefined> {
  const found = (await rentalsOf(ask)).find((one) => one.nodeId === nodeId && LIVE.includes(one.status));
  if (found?.status === 'running') return found.id;
  const id = found?.id ?? (await newRental(ask, nodeId));
  return id === undefined ? undefined : runningRental(ask, id);
}

const LIVE = ['pending', 'running'];

async function rentalsOf(ask: AskApi) {
  const { status, text } = await ask('/api/v1/instances?limit=20');
  if (status !== 200) throw new Error(`the rentals answer ${status} ${text}`);
  return rentals.parse(JSON.parse(text)).items;
}

async function newRental(ask: AskApi, nodeId: string): Promise<string | undefined> {
  const { status, text } = await ask('/api/v1/instances', { method: 'POST', body: { nodeId, label: 'proof' } });
  if (status === 409) return undefined;
  if (status !== 201) throw new Error(`a rental answers ${status} ${text}`);
  return rental.parse(JSON.parse(text)).id;
}

async function runningRental(ask: AskApi, id: string): Promise<string> {
  for (const end = Date.now() + PENDING_MS; Date.now() < end; await sleep(POLL_MS))
    if ((await rentalsOf(ask)).some((one) => one.id === id && one.status === 'running')) return id;
  throw new Error(`rental ${id} was pending for ${PENDING_MS / 1000} s`);
}
