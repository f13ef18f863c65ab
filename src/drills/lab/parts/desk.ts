/** The small programs of the lab that stand in for what a cluster has outside: identity provider, span collector, Stripe. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { Lab, Part } from '../part.ts';
import type { LabPlan } from '../plan.ts';

/** Audience of access tokens. */
const AUDIENCE = 'gpucloud-api';

export function deskParts(_plan: LabPlan): Part[] {
  return [identity(), otlp(), stripe()];
}

/** The issuer is `localhost`, not `id.localhost`: the services fetch its keys, and Debian's resolver knows no names below localhost. */
function identity(): Part {
  return {
    name: 'identity',
    needs: [],
    ports: ['https'],
    secrets: ['identity-token', 'oidc-client', 'oidc-drills'],
    identity: { name: 'identity', namespace: 'identity', dns: ['id.localhost'] },
    command: (lab) => ({
      ...lab.program('lab', 'identity'),
      env: {
        HTTP_ADDR: `127.0.0.1:${lab.port('identity', 'https')}`,
        OIDC_ISSUER: issuerOf(lab),
        OIDC_AUDIENCE: AUDIENCE,
        CONSOLE_ORIGIN: publicOrigin(lab, 'console'),
        TLS_CERT_FILE: lab.tls('identity').cert,
        TLS_KEY_FILE: lab.tls('identity').key,
        API_SECRET_FILE: lab.secretFile('identity', 'oidc-client'),
        DRILLS_SECRET_FILE: lab.secretFile('identity', 'oidc-drills'),
        IDENTITY_TOKEN_FILE: lab.secretFile('identity', 'identity-token'),
      },
    }),
    ready: (lab, signal) => knowsItself(lab, signal),
  };
}

function otlp(): Part {
  return {
    name: 'otlp',
    needs: [],
    ports: ['http'],
    command: (lab) => ({ ...lab.program('lab', 'otlp'), env: { HTTP_ADDR: plainAddress(lab, 'otlp') } }),
    ready: (lab, signal) => isHealthy(lab, 'otlp', signal),
  };
}

function stripe(): Part {
  return {
    name: 'stripe',
    needs: [],
    ports: ['http'],
    secrets: ['stripe-api-key', 'stripe-webhook'],
    identity: { name: 'stripe', namespace: 'external' },
    command: (lab) => ({
      ...lab.program('lab', 'stripe'),
      env: {
        HTTP_ADDR: plainAddress(lab, 'stripe'),
        STRIPE_API_KEY_FILE: lab.secretFile('stripe', 'stripe-api-key'),
        STRIPE_WEBHOOK_SECRET_FILE: lab.secretFile('stripe', 'stripe-webhook'),
        WEBHOOK_URL: `${publicOrigin(lab, 'api')}/webhooks/stripe`,
        TLS_CA_FILE: lab.tls('stripe').ca,
      },
    }),
    ready: (lab, signal) => isHealthy(lab, 'stripe', signal),
  };
}

export function issuerOf(lab: Lab): string {
  return `https://localhost:${lab.port('identity', 'https')}`;
}

/** A public name of the platform, through the edge. Nothing listens on it in a lab without one. */
export function publicOrigin(lab: Lab, host: 'api' | 'console' | 'terminal'): string {
  return `https://${host}.localhost${lab.has('edge') ? `:${lab.port('edge', 'https')}` : ''}`;
}

/** What the console is told at `/config.json`. The audience is asked for as an RFC 8707 resource, which is a URI. */
export function consoleSettings(lab: Lab): Record<string, string> {
  return {
    api: publicOrigin(lab, 'api'),
    issuer: issuerOf(lab),
    clientId: 'console',
    audience: `urn:${AUDIENCE}`,
  };
}

function plainAddress(lab: Lab, part: string): string {
  return `127.0.0.1:${lab.port(part, 'http')}`;
}

async function isHealthy(lab: Lab, part: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`http://${plainAddress(lab, part)}/healthz`, { signal });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${part} answers ${response.status}`);
}

/** Discovery must name the issuer that the services were told, or they would refuse its tokens. */
function knowsItself(lab: Lab, signal: AbortSignal): Promise<void> {
  const url = `${issuerOf(lab)}/.well-known/openid-configuration`;
  return new Promise((resolve, reject) => {
    request(url, { ca: readFileSync(lab.client.ca), agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const found = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200 && found.includes(`"issuer":"${issuerOf(lab)}"`)) resolve();
        else reject(new Error(`the identity provider answers ${response.statusCode}`));
      });
    })
      .on('error', reject)
      .end();
  });
}
