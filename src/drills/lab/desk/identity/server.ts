/** A real OpenID provider for the lab: oidc-provider with made-up users, a login page without passwords, and keys that turn on demand. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Provider } from 'oidc-provider';
import { demandToken, router, serve, type Handler, type Served } from '../http.ts';
import { configuration, grantFor, type IdentityOptions } from './configuration.ts';
import { openKeys, type KeyFile } from './keys.ts';
import { loginPage } from './login-page.ts';
import { memoryAdapter } from './memory.ts';
import { addTestLogin } from './test-login.ts';
import { userOf } from './users.ts';

export interface IdentityServerOptions extends IdentityOptions {
  readonly address: string;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly keyFile: string;
  /** Bearer token of `/lab/`. */
  readonly token: string;
}

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export async function startIdentity(options: IdentityServerOptions): Promise<Served> {
  const keys = openKeys(options.keyFile);
  const adapter = memoryAdapter();
  let current = providerOf(options, keys, adapter);
  const administration = router([
    { method: 'GET', path: '/lab/healthz', answer: () => ({ status: 'ok' }) },
    {
      method: 'POST',
      path: '/lab/keys/rotate',
      answer: (asked) => {
        demandToken(asked, options.token);
        keys.rotate();
        current = providerOf(options, keys, adapter);
        return { keys: keys.keys().map(({ kid }) => kid) };
      },
    },
  ]);
  const handle: Handler = (request, response) => {
    const path = request.url ?? '/';
    if (path.startsWith('/lab/')) return administration(request, response);
    void run(path.startsWith('/interaction/') ? current.interact : current.callback, request, response);
  };
  const { cert, key } = options.tls;
  return serve(options.address, handle, { cert: readFileSync(cert), key: readFileSync(key) });
}

function providerOf(
  options: IdentityOptions,
  keys: KeyFile,
  adapter: ReturnType<typeof memoryAdapter>,
): { callback: Serve; interact: Serve } {
  const provider = new Provider(options.issuer, configuration(options, keys, adapter));
  addTestLogin(provider, options);
  return {
    callback: provider.callback(),
    interact: (request, response) => interact(provider, options, request, response),
  };
}

async function run(what: Serve, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await what(request, response);
  } catch {
    // An interaction that is unknown or over.
    if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain' });
    response.end('This login is over. Start again at the console.\n');
  }
}

/** Login asks who it is to be; consent is given. `?user=NAME` on the page chooses without a click. */
async function interact(
  provider: Provider,
  options: IdentityOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session, uid } = await provider.interactionDetails(request, response);
  if (prompt.name === 'consent') {
    const of = { clientId: params['client_id'] ?? '', accountId: session?.accountId ?? '' };
    const grantId = await grantFor(provider, options, of);
    await provider.interactionFinished(request, response, { consent: { grantId } });
    return;
  }
  const user = userOf(new URL(request.url ?? '/', 'http://identity').searchParams.get('user') ?? undefined);
  if (user !== undefined) {
    await provider.interactionFinished(request, response, { login: { accountId: user.id } });
    return;
  }
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; form-action *",
  };
  response.writeHead(200, headers).end(loginPage(uid));
}
