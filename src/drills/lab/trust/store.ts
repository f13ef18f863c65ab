/** The trust of one lab on disk: its generations of authorities, and the secrets that were made up for it. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createUser } from '@nats-io/nkeys';
import { LaunchgateError } from '../../../model/errors.ts';
import type { Identity } from '../part.ts';
import { endsAt, issueLeaf, makeGeneration, type Generation } from './authority.ts';
import { makeFolder, mountFiles, writeOwned, type Owner } from './mount.ts';

/** As in the SPIFFE ids of the reference platform's certificates. */
export const TRUST_DOMAIN = 'gpucloud.internal';

export interface TrustStore {
  /** Mounts `tls.crt`, `tls.key` and `ca.crt` for the identity; keeps a mount that is good for another hour unless `renew` is set. */
  mountCertificate(
    folder: string,
    identity: Identity,
    owner: Owner,
    options?: { renew?: boolean; hours?: number },
  ): Promise<void>;
  /**
   * First step of replacing the authority: new certificates come from a new one, and mounted from now on, `ca.crt` holds both. Once
   * every part has been mounted again, `endRotation` forgets the old one.
   */
  beginRotation(): Promise<void>;
  endRotation(): void;
  secret(name: string): string;
  setSecret(name: string, value: string): void;
  /** Mounts the secrets by their names, readable by the owner alone. */
  mountSecrets(folder: string, names: readonly string[], owner: Owner): void;
}

/** Opens the trust of the lab in `directory`, and makes it when there is none. `host` is an address that all certificates name. */
export async function openTrust(directory: string, host: string): Promise<TrustStore> {
  const folder = join(directory, 'trust');
  makeFolder(folder, undefined);
  makeFolder(join(folder, 'secrets'), undefined);
  if (!existsSync(join(folder, 'new.json'))) save('new', await makeGeneration(`lab ${randomBytes(3).toString('hex')}`));
  return { mountCertificate, beginRotation, endRotation, secret, setSecret, mountSecrets };

  async function mountCertificate(
    at: string,
    identity: Identity,
    owner: Owner,
    { renew = false, hours }: { renew?: boolean; hours?: number } = {},
  ): Promise<void> {
    if (!renew && isGood(join(at, 'tls.crt'))) return;
    const leaf = await issueLeaf(load('new')!, namesOf(identity, host), hours);
    const files = {
      'tls.crt': { content: leaf.chain, mode: 0o644 },
      'tls.key': { content: leaf.key, mode: 0o600 },
      'ca.crt': { content: `${load('new')!.bundle}${load('old')?.bundle ?? ''}`, mode: 0o644 },
    };
    mountFiles(at, new Map(Object.entries(files)), owner);
  }

  async function beginRotation(): Promise<void> {
    if (load('old') !== undefined)
      throw new LaunchgateError('usage', 'the authority is being rotated already', {
        next: 'End that rotation first.',
      });
    const next = await makeGeneration(`lab ${randomBytes(3).toString('hex')}`);
    save('old', load('new')!);
    save('new', next);
  }

  function endRotation(): void {
    writeOwned(join(folder, 'old.json'), 'null', 0o600, undefined);
  }

  function secret(name: string): string {
    const path = join(folder, 'secrets', checkedName(name));
    if (!existsSync(path)) writeOwned(path, makeSecret(name), 0o600, undefined);
    return readFileSync(path, 'utf8');
  }

  function setSecret(name: string, value: string): void {
    writeOwned(join(folder, 'secrets', checkedName(name)), value, 0o600, undefined);
  }

  function mountSecrets(at: string, names: readonly string[], owner: Owner): void {
    mountFiles(at, new Map(names.map((name) => [name, { content: secret(name), mode: 0o600 }])), owner);
  }

  function save(which: 'new' | 'old', generation: Generation): void {
    writeOwned(join(folder, `${which}.json`), JSON.stringify(generation), 0o600, undefined);
  }

  function load(which: 'new' | 'old'): Generation | undefined {
    const path = join(folder, `${which}.json`);
    return existsSync(path) ? ((JSON.parse(readFileSync(path, 'utf8')) as Generation | null) ?? undefined) : undefined;
  }
}

function namesOf({ name, namespace, dns = [] }: Identity, host: string) {
  return {
    commonName: name,
    dns: ['localhost', ...dns],
    ip: [...new Set(['127.0.0.1', host])],
    spiffe: `spiffe://${TRUST_DOMAIN}/ns/${namespace}/sa/${name}`,
  };
}

function isGood(certificate: string): boolean {
  return existsSync(certificate) && endsAt(readFileSync(certificate, 'utf8')) > Date.now() + 3_600_000;
}

/** What a secret looks like follows from the end of its name: an NKey seed, a signing key, or 24 random bytes. */
function makeSecret(name: string): string {
  if (name.endsWith('-nkey')) return new TextDecoder().decode(createUser().getSeed());
  if (name.endsWith('-ed25519'))
    return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return randomBytes(24).toString('base64url');
}

function checkedName(name: string): string {
  if (/^[a-z0-9][a-z0-9._-]*$/.test(name)) return name;
  throw new LaunchgateError('internal', `${JSON.stringify(name)} cannot be the name of a secret`);
}
