/** The key that terminal tickets are signed with, and its public half, of which gateways take two. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { request } from 'node:https';
import { readFileSync } from 'node:fs';
import { decodeProtectedHeader } from 'jose';
import { labPeople } from '../../people.ts';
import { askReplica } from '../../replica.ts';
import { nodeId } from '../../../../lab/parts/postgres.ts';
import { holdersOf, mountSecret, waitUntil } from './mount.ts';
import type { Rotator, Workplace } from './types.ts';

const SECRET = 'terminal-ticket-ed25519';
const FILE = 'ticket.pem';
const SETTLE_MS = 15_000;
const PUBLISHED_MS = 5000;
/** Of `services/terminal-gateway`: the subprotocol, and the one that carries the ticket. */
const SUBPROTOCOL = 'launchgate.terminal.v1';

export function ticketKey(place: Workplace): Rotator {
  const { lab } = place.open;
  const signers = holdersOf(place, 'api', SECRET);
  const gateways = lab.replicas('terminal-gateway');
  const present = () => place.trust.secret(SECRET);

  return {
    holders: [...signers, ...gateways],
    make: () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    // The verifiers know it before anybody signs with it.
    async add(next) {
      publish([next, present()]);
      await waitUntil(async () => (await opens(next)).every(Boolean), PUBLISHED_MS);
    },
    async deliver(next) {
      mountSecret(place, signers, SECRET, next);
    },
    behind: (next) => signersBehind(next),
    async retire(next) {
      publish([next]);
    },
    async use(version) {
      const open = await opens(version ?? present());
      return (version === undefined ? open.some(Boolean) : open.every(Boolean)) ? 'accepted' : 'refused';
    },
    async settle() {
      const now = lab.replicas('terminal-gateway').flatMap((part) => pemsIn(`${lab.folder(part)}/${FILE}`));
      publishPems([publicPem(present()), ...now]);
      mountSecret(place, signers, SECRET);
      await waitUntil(async () => (await signersBehind(present())).length === 0, SETTLE_MS);
      publish([present()]);
    },
  };

  function publish(keys: readonly string[]): void {
    publishPems(keys.map(publicPem));
  }

  function publishPems(pems: readonly string[]): void {
    for (const gateway of gateways) lab.write(gateway, FILE, [...new Set(pems)].join(''), 0o644);
  }

  /** Signers whose tickets bear another key's name. */
  async function signersBehind(key: string): Promise<string[]> {
    const token = await labPeople(place.open, place).token('root');
    const kids = await Promise.all(signers.map((part) => kidOf(part, token)));
    return signers.filter((_, at) => kids[at] !== thumbprint(key));
  }

  async function kidOf(part: string, token: string): Promise<string | undefined> {
    const body = { nodeId: nodeId('node-agent-1') };
    const call = { method: 'POST', path: '/api/v1/terminal/tickets', token, body, signal: place.signal };
    const { status, text } = await askReplica(lab, part, call);
    if (status !== 201) throw new Error(`${part} answers ${status} ${text.slice(0, 200)}`);
    return decodeProtectedHeader((JSON.parse(text) as { ticket: string }).ticket).kid;
  }

  /**
   * Whether each gateway knows the key. The ticket is for a page of another origin: that is judged after the signature, so 403 means that the key is
   * known, 401 that it is not, and no terminal is opened.
   */
  function opens(key: string): Promise<boolean[]> {
    return Promise.all(
      gateways.map(async (gateway) => {
        const status = await upgrade(gateway, ticketOf(key));
        if (status === 403) return true;
        if (status === 401) return false;
        throw new Error(`${gateway} answers a ticket with ${status}`);
      }),
    );
  }

  function upgrade(gateway: string, { ticket, session }: { ticket: string; session: string }): Promise<number> {
    const { ca, cert, key } = lab.client;
    return new Promise((resolve, reject) => {
      request({
        host: '127.0.0.1',
        port: lab.port(gateway, 'https'),
        servername: 'localhost',
        path: `/ws/terminal/${session}`,
        agent: false,
        signal: place.signal,
        ca: readFileSync(ca),
        cert: readFileSync(cert),
        key: readFileSync(key),
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          origin: `https://console.localhost:${lab.port('edge', 'https')}`,
          'sec-websocket-version': '13',
          'sec-websocket-key': Buffer.from(randomUUID().slice(0, 16)).toString('base64'),
          'sec-websocket-protocol': `${SUBPROTOCOL}, ticket.${ticket}`,
        },
      })
        .on('response', (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
        .on('upgrade', (_, socket) => {
          socket.destroy();
          resolve(101);
        })
        .on('error', reject)
        .end();
    });
  }
}

function ticketOf(pem: string): { ticket: string; session: string } {
  const session = randomUUID();
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    jti: randomUUID(),
    sub: 'drill',
    ses: session,
    node: 'drill',
    nodeAddr: '192.0.2.1:7443',
    origin: 'https://another.invalid',
    iat: now,
    exp: now + 30,
  };
  const head = { alg: 'EdDSA', kid: thumbprint(pem), typ: 'ticket+jwt' };
  const signed = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return {
    ticket: `${signed}.${sign(null, Buffer.from(signed), createPrivateKey(pem)).toString('base64url')}`,
    session,
  };
}

/** RFC 7638. */
function thumbprint(pem: string): string {
  const { crv, kty, x } = createPublicKey(pem).export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
}

function publicPem(pem: string): string {
  return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
}

function pemsIn(path: string): string[] {
  return readFileSync(path, 'utf8').match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----\n/g) ?? [];
}
