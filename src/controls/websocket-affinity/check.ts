import type { Subject } from '../../model/control.ts';
import { formatDuration } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Hop } from './hops.ts';
import type { Stream, Streams } from './query.ts';

export function check(_subject: Subject, input: Streams): Result {
  const findings = input.streams.flatMap((stream) => [...affinityFindings(stream, input), ...timeoutFindings(stream)]);
  if (findings.length === 0) {
    const unsure = input.streams.flatMap(unknownPart)[0];
    if (unsure !== undefined) return inconclusive(unsure);
  }
  const hops = input.streams.flatMap(({ taken }) => taken.flatMap((route) => route.hops));
  const shortest = Math.min(...hops.map(({ seconds }) => seconds));
  const how = input.streams.map(describe).join('; ');
  return failOr(
    findings,
    `${how}; the shortest idle timeout on the way is ${Number.isFinite(shortest) ? formatDuration(shortest) : 'none'}`,
    {
      streams: input.streams.length,
      hops: hops.length,
    },
  );
}

function describe({ path, protocol, ping, taken, declared }: Stream): string {
  const beat = ping === undefined ? '' : ` pings every ${formatDuration(ping)}`;
  const place =
    protocol === 'sse'
      ? ''
      : `, ${declared === 'dedicated' ? 'on a gateway of its own' : (taken[0]?.affinity ?? 'no affinity')}`;
  return `${path}${beat}${place}`;
}

function unknownPart({ path, taken, ping, idle }: Stream): string[] {
  if (taken.length === 0) return [`nothing at the edge is seen to take ${path}`];
  if (ping === undefined && idle === undefined)
    return [`${path} declares neither pingInterval nor idleTimeout, so no timeout can be judged`];
  return taken.some(({ hops }) => hops.length === 0)
    ? [`the idle timeouts on the way of ${path} are not in the repository`]
    : [];
}

/** Only a websocket has state in its pod; an event stream can be taken up anywhere. */
function affinityFindings({ path, protocol, declared, taken }: Stream, { service, others }: Streams): Finding[] {
  if (protocol !== 'websocket') return [];
  if (declared === 'dedicated') {
    if (others.length === 0) return [];
    return [
      {
        message: `${path} is declared to go to a dedicated gateway, and service ${service} serves ${others.join(', ')} as well`,
        severity: 'high',
        remediation: 'Give the sockets a service of their own, or declare affinity.',
      },
    ];
  }
  const loose = taken.filter(({ affinity }) => affinity === undefined);
  return loose.map(({ source, origin }) => ({
    message: `${path} is taken by ${source}, and nothing keeps a reconnecting session on its pod`,
    severity: 'high',
    fromAbsence: true,
    origin,
    remediation:
      'Set cookie affinity or a consistent hash on the route, or send it to a dedicated gateway and declare that.',
  }));
}

function timeoutFindings({ path, ping, idle, taken }: Stream): Finding[] {
  const quiet = ping ?? idle;
  if (quiet === undefined) return [];
  const what =
    ping === undefined ? `may be silent for ${formatDuration(quiet)}` : `pings every ${formatDuration(quiet)}`;
  return taken.flatMap(({ hops }) =>
    hops.filter(({ seconds }) => seconds <= quiet).map((hop) => cut(path, what, quiet, hop)),
  );
}

function cut(path: string, what: string, quiet: number, hop: Hop): Finding {
  const bears = formatDuration(hop.seconds);
  return {
    message: `${path} ${what}, and ${hop.what} cuts it after ${bears} of silence`,
    severity: 'high',
    origin: hop.origin,
    counterExample: [
      { action: 'the session falls silent at 0s', state: `next traffic is due at ${formatDuration(quiet)}` },
      { action: `${hop.what} runs out at ${bears}`, state: 'the connection is closed, the session is gone' },
    ],
    remediation: `Let it bear more than ${formatDuration(quiet)}, twice that to survive a lost ping.`,
  };
}
