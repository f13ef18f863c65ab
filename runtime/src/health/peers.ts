/** Finds the other replicas by a headless Service, and asks each one's `/statusz`. */
import { get } from 'node:http';
import { resolve4, resolve6 } from 'node:dns/promises';
import type { PeerAnswers, PeerReport, PeerSource } from './damper.ts';

export interface DnsPeers {
  /**
   * A headless Service of this very workload, with `publishNotReadyAddresses: true`: without it a replica that is not ready is
   * not listed, and the last one that is ready sees nobody.
   */
  readonly hostname: string;
  /** Where they serve `/statusz`. */
  readonly port: number;
  /** Addresses of this replica, with commas between them as `status.podIPs` says them: by one that is not named it would be a replica that agrees with itself. */
  readonly own: string;
  /** Most replicas that are asked, chosen by chance. 16. */
  readonly most?: number;
  /** How names become addresses; DNS by default. Rejects when that cannot be told. */
  readonly resolve?: (hostname: string) => Promise<string[]>;
}

const LARGEST_ANSWER = 65_536;

export function peersByDns({ hostname, port, own, most = 16, resolve = addresses }: DnsPeers): PeerSource {
  const ours = new Set(own.split(',').map((address) => address.trim()));
  return {
    async ask(signal): Promise<PeerAnswers> {
      const others = (await resolve(hostname)).filter((address) => !ours.has(address));
      const chosen = shuffled(others).slice(0, most);
      const answers = await Promise.all(chosen.map((host) => statusOf(host, port, signal).catch(() => undefined)));
      return { listed: others.length, reports: answers.filter((report) => report !== undefined) };
    },
  };
}

/** Each order is as likely as any other. */
function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((one) => ({ one, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one);
}

async function addresses(hostname: string): Promise<string[]> {
  const found = await Promise.allSettled([resolve4(hostname), resolve6(hostname)]);
  const known = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  if (known.length === 0) throw new Error(`${hostname} has no address`);
  return known;
}

function statusOf(host: string, port: number, signal: AbortSignal): Promise<PeerReport> {
  return new Promise((done, fail) => {
    const request = get({ host, port, path: '/statusz', signal, timeout: 1_000, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > LARGEST_ANSWER) request.destroy(new Error('answer too large'));
      });
      response.on('end', () => {
        try {
          done(readReport(JSON.parse(text)));
        } catch (error) {
          fail(error);
        }
      });
      response.on('error', fail);
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', fail);
  });
}

/** Of a status report, what the damper needs; another program's answer is none. */
function readReport(status: unknown): PeerReport {
  const dependencies = Object(Object(status).dependencies);
  const entries = Object.entries(dependencies).map(([name, one]) => [name, Object(one).failing] as const);
  const names = (failing: boolean): string[] => entries.filter(([, is]) => is === failing).map(([name]) => name);
  return { failing: names(true), working: names(false) };
}
