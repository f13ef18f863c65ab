/** A workload's certificate that follows its files: a valid new bundle replaces the old, an invalid one alarms and changes nothing. */
import type { ConnectionOptions, SecureContextOptions } from 'node:tls';
import { watchFiles, type WatchOptions } from '../shared/watch.ts';
import {
  CertificateError,
  readBundle,
  type CertificateBundle,
  type CertificateFiles,
  type Expected,
} from './bundle.ts';

export interface CertificateOptions extends CertificateFiles, WatchOptions {
  readonly expect?: Expected;
  readonly onReload?: (bundle: CertificateBundle) => void;
  /** Each time a read finds something other than before that cannot be used. */
  readonly onAlarm?: (error: CertificateError) => void;
}

/** For gauges: expiry, generation, last result, number of alarms. Times are milliseconds since the epoch. */
export interface CertificateStatus {
  readonly expiresAt: number;
  readonly generation: number;
  readonly lastReload: { readonly ok: boolean; readonly at: number; readonly because?: string };
  readonly alarms: number;
}

export interface WorkloadCertificate {
  readonly current: CertificateBundle;
  readonly status: CertificateStatus;
  /** Called after each change, never for the bundle that is there already. Returns the end of it. */
  subscribe(listener: (bundle: CertificateBundle) => void): () => void;
  /** Certificate, key and authorities as of now. */
  client(): SecureContextOptions;
  /**
   * An object whose members are read anew at each connection: for `tls` of ioredis and `ssl` of pg. One for each client: pg hides
   * `key` in the object that it is given.
   */
  live(): ConnectionOptions;
  /** Reads now; false if the old bundle had to stay. */
  reload(): Promise<boolean>;
  close(): void;
}

/** Rejects with `CertificateError` if there is no valid bundle to begin with. */
export async function openCertificate(options: CertificateOptions): Promise<WorkloadCertificate> {
  const expected = options.expect ?? {};
  const listeners = new Set<(bundle: CertificateBundle) => void>();
  let current: CertificateBundle = { ...(await readBundle(options, expected, Date.now())), generation: 1 };
  let lastReload: CertificateStatus['lastReload'] = { ok: true, at: Date.now() };
  let alarms = 0;

  async function reload(): Promise<boolean> {
    try {
      const next = await readBundle(options, expected, Date.now());
      lastReload = { ok: true, at: Date.now() };
      if (next.cert === current.cert && next.key === current.key && next.ca === current.ca) return true;
      current = { ...next, generation: current.generation + 1 };
      for (const listener of listeners) guarded(() => listener(current));
      guarded(() => options.onReload?.(current));
      return true;
    } catch (error) {
      alarm(
        error instanceof CertificateError
          ? error
          : new CertificateError('reading the certificate failed', { cause: error }),
      );
      return false;
    }
  }
  function alarm(error: CertificateError): void {
    const repeated = !lastReload.ok && lastReload.because === error.message;
    lastReload = { ok: false, at: Date.now(), because: error.message };
    if (repeated) return;
    alarms++;
    guarded(() => options.onAlarm?.(error));
  }
  const stop = watchFiles([options.certFile, options.keyFile, options.caFile], reload, options);
  return {
    get current() {
      return current;
    },
    get status() {
      return { expiresAt: current.notAfter, generation: current.generation, lastReload, alarms };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    client: () => contextOf(current),
    live: () => liveOptions(() => current),
    reload,
    close: () => (stop(), listeners.clear()),
  };
}

export function contextOf({ cert, key, ca }: CertificateBundle): SecureContextOptions {
  return { cert, key, ca, minVersion: 'TLSv1.2' };
}

/** Getters survive because both libraries copy the object only when they connect; pg redefines `key`, so it is configurable. */
function liveOptions(current: () => CertificateBundle): ConnectionOptions {
  const member = (name: 'cert' | 'key' | 'ca') => ({
    enumerable: true,
    configurable: true,
    get: () => current()[name],
  });
  return Object.defineProperties({ minVersion: 'TLSv1.2', rejectUnauthorized: true } satisfies ConnectionOptions, {
    cert: member('cert'),
    key: member('key'),
    ca: member('ca'),
  });
}

/** A listener that throws holds up neither the others nor the reload. */
function guarded(call: () => void): void {
  try {
    call();
  } catch {
    // Its own trouble.
  }
}
