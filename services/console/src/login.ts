/**
 * Login by authorization code with PKCE (RFC 7636, RFC 9700). The token stays in the memory of this page: whoever reloads is sent through
 * the provider again, which knows them.
 */
import { LoginNeeded } from '@launchgate/terminal-gateway/client';
import * as oidc from 'openid-client';
import type { Settings } from './settings.ts';

export interface Tokens {
  readonly subject: string;
  /** The token as it is to be sent now; asks for another before it expires. Throws `LoginNeeded` when the provider wants the user back. */
  access(): Promise<string>;
  readonly logoutUrl: string;
}

const PENDING = 'login';
const EXPIRED = 'The login has expired.';
const MARGIN_SECONDS = 20;

interface Pending {
  readonly verifier: string;
  readonly state: string;
}

/** Leaves the page for the provider's. */
export async function goToLogin(settings: Settings): Promise<void> {
  const config = await discover(settings);
  const pending: Pending = { verifier: oidc.randomPKCECodeVerifier(), state: oidc.randomState() };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${location.origin}/`,
    scope: 'openid offline_access',
    prompt: 'consent',
    resource: settings.audience,
    code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    state: pending.state,
  });
  location.assign(url);
}

/** `undefined` unless this page was just sent back from the provider. */
export async function finishLogin(settings: Settings): Promise<Tokens | undefined> {
  const kept = sessionStorage.getItem(PENDING);
  const here = new URL(location.href);
  if (kept === null || !(here.searchParams.has('code') || here.searchParams.has('error'))) return undefined;
  sessionStorage.removeItem(PENDING);
  history.replaceState(null, '', '/');
  const { verifier, state } = JSON.parse(kept) as Pending;
  const config = await discover(settings);
  const first = await oidc.authorizationCodeGrant(
    config,
    here,
    { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true },
    { resource: settings.audience },
  );
  return tokens(config, settings, first);
}

function tokens(config: oidc.Configuration, settings: Settings, first: Grant): Tokens {
  let access = first.access_token;
  let refresh = first.refresh_token;
  let until = expiry(first);
  let renewing: Promise<void> | undefined;
  const renew = async () => {
    if (refresh === undefined) throw new LoginNeeded(EXPIRED);
    const next = await oidc.refreshTokenGrant(config, refresh, { resource: settings.audience }).catch(refused);
    access = next.access_token;
    refresh = next.refresh_token ?? refresh;
    until = expiry(next);
  };
  return {
    subject: first.claims()?.sub ?? '',
    logoutUrl: oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: `${location.origin}/` }).href,
    async access() {
      if (Date.now() >= until) {
        renewing ??= renew().finally(() => (renewing = undefined));
        await renewing;
      }
      return access;
    },
  };
}

/** A provider that cannot be reached may be tried again; one that refuses the refresh token goes on refusing it. */
function refused(error: unknown): never {
  throw error instanceof oidc.ResponseBodyError && error.status < 500 ? new LoginNeeded(EXPIRED) : error;
}

type Grant = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>;

function expiry({ expires_in: seconds }: { expires_in?: number }): number {
  return Date.now() + Math.max(0, (seconds ?? 60) - MARGIN_SECONDS) * 1000;
}

function discover({ issuer, clientId }: Settings): Promise<oidc.Configuration> {
  return oidc.discovery(new URL(issuer), clientId, undefined, oidc.None());
}
