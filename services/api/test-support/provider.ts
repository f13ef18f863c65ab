/** A real OpenID provider on loopback: clients by name get JWT access tokens for the API by `client_credentials`, with what claims the test says. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { Agent, request } from 'undici';
import type { CertificateFiles } from '../../../test/servers/certificates.ts';
import type { JWK } from 'jose';

export const AUDIENCE = 'gpucloud-api';

export interface TestProvider {
  readonly issuer: string;
  /** An access token of the client, whose name is its subject too. */
  token(client: string): Promise<string>;
  /** Signs with another key from now on; keeps publishing the old one if asked. */
  rotate(options?: { keepOld?: boolean }): void;
  /** How often the keys were fetched. */
  fetched(): number;
  /** Closes the port; `up` opens the same one again. */
  down(): Promise<void>;
  up(): Promise<void>;
}

export interface ClientClaims {
  readonly tenant?: string;
  readonly roles?: readonly string[];
  readonly sid?: string;
}

/** The package comes without types. */
const { Provider } = (await import('oidc-provider' as string)) as {
  Provider: new (
    issuer: string,
    configuration: object,
  ) => { callback(): (...pair: Parameters<RequestListener>) => Promise<void> };
};

let serial = 0;

export interface ProviderOptions {
  /** Seconds that a token lives. */
  readonly ttl?: number;
  readonly tls?: CertificateFiles;
}

export async function startProvider(
  clients: Readonly<Record<string, ClientClaims>>,
  { ttl = 900, tls }: ProviderOptions = {},
): Promise<TestProvider> {
  const create = (): Server =>
    tls === undefined
      ? createServer()
      : (createSecureServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) }) as unknown as Server);
  const dispatcher = new Agent(tls === undefined ? {} : { connect: { ca: readFileSync(tls.ca) } });
  let keys = [signingKey()];
  let fetched = 0;
  let handler: RequestListener = () => undefined;
  let server: Server = create();
  const port = await listen(server, 0);
  const issuer = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;

  function renew(): void {
    const callback = new Provider(issuer, configuration(clients, keys, ttl)).callback();
    handler = (request, response) => {
      if (request.url === '/jwks') fetched += 1;
      void callback(request, response);
    };
  }
  const attach = (): void => void server.on('request', (request, response) => handler(request, response));
  renew();
  attach();
  return {
    issuer,
    fetched: () => fetched,
    async token(client) {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client,
        client_secret: 's'.repeat(32),
        resource: 'urn:api',
      });
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await request(`${issuer}/token`, { dispatcher, method: 'POST', headers, body: body.toString() });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`the provider answered ${answer.statusCode}: ${text}`);
      return (JSON.parse(text) as { access_token: string }).access_token;
    },
    rotate({ keepOld = false } = {}) {
      keys = keepOld ? [signingKey(), ...keys] : [signingKey()];
      renew();
    },
    down: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    async up() {
      server = create();
      attach();
      await listen(server, port);
    },
  };
}

function configuration(clients: Readonly<Record<string, ClientClaims>>, keys: JWK[], ttl: number): object {
  return {
    clients: Object.keys(clients).map((id) => ({
      client_id: id,
      client_secret: 's'.repeat(32),
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['client_credentials'],
      response_types: [],
      id_token_signed_response_alg: 'ES256',
      redirect_uris: [],
    })),
    jwks: { keys },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: ttl,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: (_context: unknown, token: { clientId?: string }) => ({ ...clients[token.clientId ?? ''] }),
  };
}

function signingKey(): JWK {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' }) as { privateKey: KeyObject };
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${++serial}`, use: 'sig', alg: 'ES256' } as JWK;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
