/** The key that signs tickets, named by its thumbprint (RFC 7638). Another file, another key: the verifier was given the new one before. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { ConfigInvalid } from '../config/invalid.ts';
import type { TicketKey } from './tickets.ts';

/** `pem` answers the PKCS #8 text as it is now. Throws ConfigInvalid when the first one is not an Ed25519 key; a later one that is none is not taken. */
export async function ticketSigner(pem: () => string): Promise<() => Promise<TicketKey>> {
  let text = pem();
  let current = await readKey(text).catch(() => {
    throw new ConfigInvalid(['TERMINAL_TICKET_KEY: expected an Ed25519 private key, PKCS #8 in PEM']);
  });
  return async () => {
    const now = pem();
    if (now === text) return current;
    text = now;
    current = await readKey(now).catch(() => current);
    return current;
  };
}

async function readKey(pem: string): Promise<TicketKey> {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key');
  return { key, kid: await calculateJwkThumbprint(createPublicKey(key).export({ format: 'jwk' }) as JWK) };
}
