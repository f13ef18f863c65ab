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

/** In the order in which `ca.crt` lists them. */
const GENERATIONS = ['new', 'next', 'old'] as const;
type Which = (typeof GENERATIONS)[number];

export interface TrustStore {
  /** Mounts `tls.crt`, `tls.key` and `ca.crt` for the identity; keeps a mount that is good for another hour unless `renew` is set. */
  mountCertificate(
    folder: string,
    identity: Identity,
    owner: Owner,
    options?: { renew?: boolean; hours?: number },
  ): Promise<void>;
  /**
   * First step of replacing the authority: mounted from now on, `ca.crt` holds a new one, too, and certificates still come from the old.
   * Nobody is refused once every part has been mounted again.
   */
  announceRotation(): Promise<void>;
  /** Second step: new certificates come from the new authority, and both are trusted. Announces it where nobody has. */
  beginRotation(): Promise<void>;
  /** Third step, once every part has been mounted again: the old one is forgotten. Also after an announcement alone, which it takes back. */
  endRotation(): void;
  /** Which step the authority is at. */
  rotation(): 'none' | 'announced' | 'begun';
  /** What issues now. */
  authority(): Generation;
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
  return {
    mountCertificate,
    announceRotation,
    beginRotation,
    endRotation,
    rotation,
    authority: () => load('new')!,
    secret,
    setSecret,
    mountSecrets,
  };

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
      'ca.crt': { content: trusted(), mode: 0o644 },
    };
    mountFiles(at, new Map(Object.entries(files)), owner);
  }

  function trusted(): string {
    return GENERATIONS.map((which) => load(which)?.bundle ?? '').join('');
  }

  async function announceRotation(): Promise<void> {
    if (rotation() !== 'none')
      throw new LaunchgateError('usage', 'the authority is being rotated already', {
        next: 'End that rotation first.',
      });
    save('next', await makeGeneration(`lab ${randomBytes(3).toString('hex')}`));
  }

  async function beginRotation(): Promise<void> {
    if (rotation() !== 'announced') await announceRotation();
    save('old', load('new')!);
    save('new', load('next')!);
    forget('next');
  }

  function endRotation(): void {
    forget('next');
    forget('old');
  }

  /** Between the two writes of a step that was cut short, what is told is the step that it can be ended from. */
  function rotation(): 'none' | 'announced' | 'begun' {
    if (load('old') !== undefined) return 'begun';
    return load('next') === undefined ? 'none' : 'announced';
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

  function save(which: Which, generation: Generation): void {
    writeOwned(join(folder, `${which}.json`), JSON.stringify(generation), 0o600, undefined);
  }

  function forget(which: Which): void {
    writeOwned(join(folder, `${which}.json`), 'null', 0o600, undefined);
  }

  function load(which: Which): Generation | undefined {
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
