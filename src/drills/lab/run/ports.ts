/** Free ports that stay the lab's: outside the range that the kernel gives to outgoing connections, which would take them meanwhile. */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { LaunchgateError } from '../../../model/errors.ts';

const LOWEST = 10_000;
const HIGHEST = 65_000;
const TRIES = 2000;

/**
 * As many ports as asked for, each free on all addresses right now and none of `taken`. `wanted` are those that it had before:
 * they are taken again where they are still free.
 */
export async function reservePorts(wanted: readonly (number | undefined)[]): Promise<number[]> {
  const [low, high] = ephemeralRange();
  const taken = new Set(wanted.filter((port) => port !== undefined));
  const given: number[] = [];
  for (const before of wanted) given.push(before !== undefined && (await isFree(before)) ? before : await another());
  return given;

  async function another(): Promise<number> {
    for (let tries = 0; tries < TRIES; tries++) {
      const port = randomInt(LOWEST, HIGHEST);
      if (taken.has(port) || (port >= low && port <= high) || !(await isFree(port))) continue;
      taken.add(port);
      return port;
    }
    throw new LaunchgateError('not-found', `no free TCP port between ${LOWEST} and ${HIGHEST}`, {
      next: 'Narrow net.ipv4.ip_local_port_range, or end what listens on so many ports.',
    });
  }
}

/** https://docs.kernel.org/networking/ip-sysctl.html, ip_local_port_range */
function ephemeralRange(): [low: number, high: number] {
  try {
    const [low = 0, high = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    // A range that leaves nothing to choose from is not avoided.
    if (high - low < HIGHEST - LOWEST - TRIES) return [low, high];
  } catch {
    // Some sandboxes hide it.
  }
  return [32_768, 60_999];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
