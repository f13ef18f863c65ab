/** The provider's configuration: three clients, one API, JWT access tokens with the claims that the services read. */
import { errors, type Client, type Context, type Provider, type Token } from 'oidc-provider';
import type { KeyFile } from './keys.ts';
import type { Adapter } from './memory.ts';
import { userOf } from './users.ts';

export interface IdentityOptions {
  readonly issuer: string;
  /** Audience of access tokens, `gpucloud-api`. As RFC 8707 resource it is asked for as `urn:gpucloud-api`: a resource is a URI. */
  readonly audience: string;
  /** Origin of the console, `https://console.localhost:8443`; its only redirect URI is the root. */
  readonly console: string;
  readonly secrets: { readonly api: string; readonly drills: string };
  /** Seconds that an access token lives. */
  readonly accessTokenTtl: number;
}

export const SCOPE = 'api';
/** Grant of the lab for drills: a token for a user, without a browser. Only the client `drills` may. */
export const TEST_LOGIN = 'urn:launchgate:params:oauth:grant-type:test-login';

export function resourceOf({ audience }: IdentityOptions): string {
  return `urn:${audience}`;
}

export function resourceServer({ audience, accessTokenTtl }: IdentityOptions): object {
  return {
    scope: SCOPE,
    audience,
    accessTokenFormat: 'jwt',
    accessTokenTTL: accessTokenTtl,
    jwt: { sign: { alg: 'ES256' } },
  };
}

export function configuration(options: IdentityOptions, keys: KeyFile, adapter: (model: string) => Adapter): object {
  return {
    adapter,
    clients: clients(options),
    jwks: { keys: keys.keys() },
    cookies: { keys: [keys.cookie] },
    scopes: ['openid', 'offline_access', SCOPE],
    pkce: { required: () => true },
    clientBasedCORS: (_: Context, origin: string, client: Client) =>
      client.clientId === 'console' && origin === options.console,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resourceOf(options),
        useGrantedResource: () => true,
        getResourceServerInfo: (_: Context, resource: string) => ofResource(options, resource),
      },
    },
    interactions: { url: (_: Context, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: Context, id: string) =>
      userOf(id) === undefined ? undefined : { accountId: id, claims: () => ({ sub: id }) },
    extraTokenClaims: (_: Context, token: Token) => claimsOf(token),
    ttl: {
      AccessToken: options.accessTokenTtl,
      ClientCredentials: options.accessTokenTtl,
      Session: 8 * 3600,
      Grant: 8 * 3600,
      Interaction: 600,
      IdToken: 600,
      RefreshToken: 8 * 3600,
      AuthorizationCode: 60,
    },
  };
}

function clients({ console: origin, secrets }: IdentityOptions): object[] {
  const machine = { token_endpoint_auth_method: 'client_secret_basic', redirect_uris: [], response_types: [] };
  return [
    {
      client_id: 'console',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: [`${origin}/`],
      post_logout_redirect_uris: [`${origin}/`],
    },
    { ...machine, client_id: 'api', client_secret: secrets.api, grant_types: ['client_credentials'] },
    { ...machine, client_id: 'drills', client_secret: secrets.drills, grant_types: ['client_credentials', TEST_LOGIN] },
  ];
}

function ofResource(options: IdentityOptions, resource: string): object {
  if (resource === resourceOf(options)) return resourceServer(options);
  throw new errors.InvalidTarget('unknown resource');
}

/** Machines are a tenant of their own and have no role; their session is their name. */
function claimsOf({ accountId, clientId, sessionUid }: Token): object {
  const user = userOf(accountId);
  if (user === undefined) return { tenant: 'machines', roles: [], sid: `client-${clientId}` };
  return { tenant: user.tenant, roles: user.roles, sid: sessionUid ?? `login-${user.id}` };
}

/** What a login at the lab is worth is decided by who logs in, not asked: the grant is made as soon as it is needed. */
export async function grantFor(
  provider: Provider,
  options: IdentityOptions,
  of: { clientId: string; accountId: string },
): Promise<string> {
  const grant = new provider.Grant(of);
  grant.addOIDCScope('openid offline_access');
  grant.addResourceScope(resourceOf(options), SCOPE);
  return grant.save();
}
