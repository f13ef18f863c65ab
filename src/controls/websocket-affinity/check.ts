import type { Subject } from '../../model/control.ts';
import { formatDuration } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Hop } from './hops.ts';
import type { Stream, Streams } from './query.ts';

export function check(_subject: Subject, input: Streams): Result {
  const findings = input.streams.flatMap((stream) => [
    ...upgradeFindings(stream),
    ...affinityFindings(stream, input),
    ...timeoutFindings(stream),
  ]);
  if (findings.length === 0) {
    const unsure = input.streams.flatMap(unknownPart)[0];
    if (unsure !== undefined) return inconclusive(unsure);
  }
  const hops = input.streams.flatMap(({ taken }) => taken.flatMap((route) => route.hops));
  const bounds = hops.flatMap(({ seconds }) => seconds ?? []);
  const shortest =
    bounds.length === 0
      ? 'nothing on the way cuts it'
      : `the shortest timeout on the way is ${formatDuration(Math.min(...bounds))}`;
  const how = input.streams.map(describe).join('; ');
  return failOr(findings, `${how}; ${shortest}`, {
    streams: input.streams.length,
    hops: hops.length,
    ...(hops.length > 0 && { way: [...new Set(hops.map(hopText))].join('; ') }),
  });
}

/** `idle_timeout of aws_lb.public 16m40s`, for a witness. */
function hopText({ what, seconds }: Hop): string {
  return `${what} ${seconds === undefined ? 'cuts nothing' : formatDuration(seconds)}`;
}

function describe({ path, protocol, ping, taken, declared }: Stream): string {
  const beat = ping === undefined ? '' : ` pings every ${formatDuration(ping)}`;
  return protocol === 'sse' ? `${path}${beat}` : `${path}${beat}, ${placeOf(declared, taken)}`;
}

function placeOf(declared: Stream['declared'], taken: Stream['taken']): string {
  if (declared === 'none') return 'on any pod, as the spec says';
  return declared === 'dedicated' ? 'on a gateway of its own' : (taken[0]?.affinity ?? 'no affinity');
}

function unknownPart({ path, protocol, declared, taken, ping, idle }: Stream): string[] {
  const unsure = taken.find((one) => one.unsure !== undefined)?.unsure;
  if (protocol === 'websocket' && declared !== 'dedicated' && unsure !== undefined) return [unsure];
  const maybe = taken.find(({ noUpgrade }) => noUpgrade?.unsure === true)?.noUpgrade;
  if (maybe !== undefined) return [`whether the handshake of ${path} comes through is not known: ${maybe.because}`];
  if (taken.length === 0) return [`nothing at the edge is seen to take ${path}`];
  if (ping === undefined && idle === undefined)
    return [`${path} declares neither pingInterval nor idleTimeout, so no timeout can be judged`];
  const hidden = taken.flatMap(({ hops }) => hops).find((hop) => hop.unknown !== undefined);
  if (hidden !== undefined) return [`${hidden.what}, on the way of ${path}, is not known: ${hidden.unknown ?? ''}`];
  return taken.some(({ hops }) => hops.length === 0)
    ? [`the idle timeouts on the way of ${path} are not in the repository`]
    : [];
}

/** A proxy that hands no upgrade on answers every handshake as a plain request. */
function upgradeFindings({ path, taken }: Stream): Finding[] {
  return taken.flatMap(({ noUpgrade }) =>
    noUpgrade === undefined || noUpgrade.unsure === true
      ? []
      : [
          {
            message: `no handshake of ${path} comes through: ${noUpgrade.because}`,
            severity: 'high',
            origin: noUpgrade.origin,
            remediation: noUpgrade.remediation,
          },
        ],
  );
}

/** Only a websocket has state in its pod; an event stream can be taken up anywhere, and so can a websocket that declares it. */
function affinityFindings({ path, protocol, declared, taken }: Stream, { service, others }: Streams): Finding[] {
  if (protocol !== 'websocket' || declared === 'none') return [];
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
  const unbound = taken.filter(({ affinity, unsure }) => affinity === undefined && unsure === undefined);
  return unbound.map(({ source, loose, origin }) => ({
    message: `${path} is taken by ${source}, and nothing keeps a reconnecting session on its pod${loose === undefined ? '' : `: ${loose}`}`,
    severity: 'high',
    fromAbsence: loose === undefined,
    origin,
    remediation:
      'Set cookie affinity or a consistent hash on the route, or send it to a dedicated gateway and declare that; where any pod takes a session up, declare affinity: none.',
  }));
}

function timeoutFindings(stream: Stream): Finding[] {
  const { path, ping, idle, taken } = stream;
  const quiet = ping ?? idle;
  if (quiet === undefined) return [];
  const what =
    ping === undefined ? `may be silent for ${formatDuration(quiet)}` : `pings every ${formatDuration(quiet)}`;
  const silent = taken.flatMap(({ hops }) =>
    hops.flatMap((hop) =>
      hop.bounds === 'silence' && (hop.seconds ?? quiet + 1) <= quiet ? [cut(path, what, quiet, hop)] : [],
    ),
  );
  const lived = taken.flatMap(({ hops }) =>
    hops.flatMap((hop) =>
      hop.bounds === 'life' && (hop.seconds ?? Number.MAX_VALUE) <= Math.max(quiet, idle ?? 0)
        ? [ended(stream, hop)]
        : [],
    ),
  );
  return [...ownTimeout(stream), ...silent, ...lived];
}

/** What the service itself bears must outlast its pings as well. */
function ownTimeout({ path, ping, idle, taken }: Stream): Finding[] {
  if (ping === undefined || idle === undefined || ping < idle) return [];
  const origin = taken[0]?.origin;
  return [
    {
      message: `${path} pings every ${formatDuration(ping)}, and the service itself ends a session after ${formatDuration(idle)} of silence (idleTimeout)`,
      severity: 'high',
      remediation: `Ping more often than every ${formatDuration(idle)}.`,
      ...(origin !== undefined && { origin }),
    },
  ];
}

function cut(path: string, what: string, quiet: number, hop: Hop): Finding {
  const bears = formatDuration(hop.seconds ?? 0);
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

function ended({ path, ping, idle }: Stream, hop: Hop): Finding {
  const lives = formatDuration(hop.seconds ?? 0);
  const wanted = Math.max(ping ?? 0, idle ?? 0);
  return {
    message: `${path} may be open for longer than ${formatDuration(wanted)}, and ${hop.what} ends it after ${lives}, traffic or not`,
    severity: 'high',
    origin: hop.origin,
    counterExample: [
      { action: 'a session is opened at 0s', state: 'it is in use' },
      { action: `${hop.what} runs out at ${lives}`, state: 'the connection is closed in the middle of it' },
    ],
    remediation: 'Let it last as long as a session may, or switch it off for this route.',
  };
}
