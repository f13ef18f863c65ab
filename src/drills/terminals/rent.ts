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

/** Id of the user's running rental of a node; made where there is none, `undefined` where somebody else has the node. */
export async function rentNode(ask: AskApi, nodeId: string): Promise<string | undefined> {
  const listed = await ask('/api/v1/instances?limit=20');
  if (listed.status !== 200) throw new Error(`the rentals answer ${listed.status} ${listed.text}`);
  const { items } = rentals.parse(JSON.parse(listed.text));
  const running = items.find((item) => item.status === 'running' && item.nodeId === nodeId);
  if (running !== undefined) return running.id;
  const { status, text } = await ask('/api/v1/instances', { method: 'POST', body: { nodeId, label: 'proof' } });
  if (status === 409) return undefined;
  if (status !== 201) throw new Error(`a rental answers ${status} ${text}`);
  return rental.parse(JSON.parse(text)).id;
}
