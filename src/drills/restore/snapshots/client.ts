/** JSON over the REST API that Elasticsearch and OpenSearch share. */
import { LaunchgateError } from '../../../model/errors.ts';
import { call, type HttpCall } from '../http.ts';

export interface SearchEndpoint {
  readonly url: URL;
  readonly ca?: string | undefined;
  /** `Basic …`, `ApiKey …`, `Bearer …`. */
  readonly authorization?: string | undefined;
}

export interface Search {
  /** Answers the document; throws `refused` with the server's own reason. */
  ask(method: HttpCall['method'], path: string, body?: object): Promise<unknown>;
  /** The same, and `undefined` where there is no such thing. */
  find(method: HttpCall['method'], path: string): Promise<unknown>;
}

export function searchClient({ url, ca, authorization }: SearchEndpoint, signal: AbortSignal): Search {
  async function send(method: HttpCall['method'], path: string, body?: object) {
    const answer = await call(
      { url, ca },
      {
        method,
        path: `${url.pathname.replace(/\/$/, '')}${path}`,
        signal,
        headers: {
          accept: 'application/json',
          ...(authorization === undefined ? {} : { authorization }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
    );
    return { status: answer.status, text: await answer.text() };
  }

  function told(method: string, path: string, { status, text }: { status: number; text: string }): unknown {
    if (status < 300) return JSON.parse(text) as unknown;
    throw new LaunchgateError('refused', `the search cluster refuses ${method} ${path}: ${status} ${reasonOf(text)}`);
  }

  return {
    ask: async (method, path, body) => told(method, path, await send(method, path, body)),
    async find(method, path) {
      const answer = await send(method, path);
      return answer.status === 404 ? undefined : told(method, path, answer);
    },
  };
}

function reasonOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: string | { reason?: string } };
    return (typeof error === 'string' ? error : error?.reason) ?? text.slice(0, 200);
  } catch {
    return text.slice(0, 200);
  }
}
