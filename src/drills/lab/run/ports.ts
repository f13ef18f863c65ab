/** Free ports that stay the lab's: outside the range that the kernel gives to outgoing connections, which would take them meanwhile. */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { LaunchgateError } from '../../../model/errors.ts';

const LOWEST = 10_000;
const HIGHEST = 65_000;
/** Fewer than these are not enough to keep to. */
const ENOUGH = 2000;

/**
 * As many ports as asked for, each free on all addresses right now. `wanted` are those that it had before: they are taken again where they are still
 * free. The others lie together from a random one on: nothing listens on them for some seconds yet, and of two labs that are started in the same moment
 * one pair in hundreds then wants a port of the other's, where of single ones it would be one in eight.
 */
export async function reservePorts(wanted: readonly (number | undefined)[]): Promise<number[]> {
  const choices = choosable();
  let next = randomInt(choices.length);
  const taken = new Set(wanted.filter((port) => port !== undefined));
  const given: number[] = [];
  for (const before of wanted) given.push(before !== undefined && (await isFree(before)) ? before : await another());
  return given;

  async function another(): Promise<number> {
    for (let tries = 0; tries < choices.length; tries++) {
      const port = choices[next] ?? 0;
      next = (next + 1) % choices.length;
      if (taken.has(port) || !(await isFree(port))) continue;
      taken.add(port);
      return port;
    }
    throw new LaunchgateError('not-found', `no free TCP port between ${LOWEST} and ${HIGHEST}`, {
      next: 'Narrow net.ipv4.ip_local_port_range, or end what listens on so many ports.',
    });
  }
}

function choosable(): number[] {
  const all = Array.from({ length: HIGHEST - LOWEST }, (_, index) => LOWEST + index);
  const [low, high] = ephemeralRange();
  const outside = all.filter((port) => port < low || port > high);
  // A range that leaves nothing to choose from is not avoided.
  return outside.length > ENOUGH ? outside : all;
}

/** https://docs.kernel.org/networking/ip-sysctl.html, ip_local_port_range */
function ephemeralRange(): [low: number, high: number] {
  try {
    const [low = 0, high = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    return [low, high];
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
