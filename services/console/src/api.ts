/** Calls of the API with the user's token. Every call makes a request id of its own, so that what it causes can be found again. */
import { LoginNeeded, type Ticket } from '@launchgate/terminal-gateway/client';
import type { Tokens } from './login.ts';

export interface Instance {
  readonly id: string;
  readonly nodeId: string;
  readonly label: string | null;
  readonly region: string;
  readonly status: string;
}

export interface Api {
  instances(): Promise<readonly Instance[]>;
  /** Reports a minute of use; answers the id of the request. */
  reportUsage(instance: string): Promise<string>;
  ticket(node: string, session: string | undefined): Promise<Ticket>;
}

export class Refused extends Error {
  override readonly name = 'Refused';
}

export function createApi(origin: string, tokens: Tokens): Api {
  async function call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<{ data: T; requestId: string }> {
    const answer = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await tokens.access()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const requestId = answer.headers.get('x-request-id') ?? '';
    if (answer.status === 401) throw new LoginNeeded('The login has expired.');
    if (!answer.ok) throw new Refused(`${await detailOf(answer)} (request ${requestId})`);
    return { data: (await answer.json()) as T, requestId };
  }
  return {
    instances: async () => (await call<{ items: Instance[] }>('GET', '/instances?limit=20')).data.items,
    reportUsage: async (instance) => (await call('POST', `/instances/${instance}/usage`, { seconds: 60 })).requestId,
    ticket: async (nodeId, session) =>
      (await call<Ticket>('POST', '/terminal/tickets', { nodeId, ...(session === undefined ? {} : { session }) })).data,
  };
}

async function detailOf(answer: Response): Promise<string> {
  try {
    const { title, detail } = (await answer.json()) as { title?: string; detail?: string };
    return detail ?? title ?? String(answer.status);
  } catch {
    return String(answer.status);
  }
}
