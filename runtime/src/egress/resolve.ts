/** A name becomes addresses once, all of them allowed; what is connected to is one of these, never the name again. */
import { Resolver as CAres } from 'node:dns/promises';
import { Refusal } from './errors.ts';
import type { EgressPolicy } from './policy.ts';
import type { Target } from './target.ts';

/** All addresses of a name in lower case, IPv4 and IPv6; rejects if it cannot be known. Must end when the signal says so. */
export type Resolver = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

const MAX_ADDRESSES = 64;

/**
 * Asks DNS for A and AAAA, and nothing else: no hosts file, no search list, none of the threads of getaddrinfo that slow
 * names could fill. `servers` as for `dns.setServers`; default those of the system.
 */
export function dnsResolver({
  servers,
  timeoutMs = 1000,
}: { servers?: readonly string[]; timeoutMs?: number } = {}): Resolver {
  return async (name, signal) => {
    const resolver = new CAres({ timeout: timeoutMs, tries: 2 });
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const none = (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENODATA' || error.code === 'ENOTFOUND') return [];
        throw error;
      };
      // The final dot makes the name absolute for every resolver.
      const answers = await Promise.all([
        resolver.resolve4(`${name}.`).catch(none),
        resolver.resolve6(`${name}.`).catch(none),
      ]);
      return answers.flat();
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}

/** The addresses to try, in the order of the answer. One that is not allowed refuses them all. Throws `Refusal`. */
export async function admitted(
  policy: EgressPolicy,
  target: Target,
  resolve: Resolver,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { host, port } = target;
  if (target.literal) return [host];
  const addresses = await resolve(host, signal);
  if (addresses.length === 0 || addresses.length > MAX_ADDRESSES)
    throw new Refusal({ reason: 'no-address', host, port });
  const refused = addresses.flatMap((address) => {
    const verdict = policy.judge(address);
    return verdict === 'allowed' ? [] : [{ address, verdict }];
  });
  const [first] = refused;
  if (first === undefined) return addresses;
  const reason = refused.length === addresses.length ? first.verdict : 'mixed-answers';
  throw new Refusal({ reason, host, port, address: first.address });
}
