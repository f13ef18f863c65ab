import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Care, Connection, Door } from '../../proofs/encryption/index.ts';
import type { Traffic } from './input.ts';

export interface Params {
  readonly plaintextFrom: readonly string[];
  readonly requireNames: boolean;
}

export function check(subject: Subject, input: Traffic, params: Params): Result {
  const judged = input.connections.filter(({ from }) => !params.plaintextFrom.includes(from));
  const findings = [
    ...input.doors.flatMap((door) => openDoor(door, subject)),
    ...withoutCertificate(input),
    ...declaredPlain(input),
    ...grouped(judged, params),
  ];
  const open = openQuestions(input, judged);
  if (findings.length === 0 && open.length > 0) return inconclusive(open[0] ?? '');
  return failOr(findings, summary(input), {
    doors: input.doors.length,
    connections: input.connections.length,
    declaredFlows: input.declared.length,
  });
}

function openDoor(door: Traffic['doors'][number], subject: Subject): Finding[] {
  if (door.plaintext !== 'accepted' && door.broken !== true) return [];
  const severity =
    door.role === 'monitoring' ? 'medium' : door.role === 'clients' && subject.kind === 'store' ? 'critical' : 'high';
  return [
    {
      message:
        door.broken === true
          ? `${door.at} lets no ${door.name} in at all: ${door.because}`
          : `${door.at} takes ${door.name} without TLS: ${door.because}`,
      severity,
      ...(door.origin !== undefined && { origin: door.origin }),
      ...(door.steps !== undefined && { counterExample: door.steps }),
      remediation: door.remedy,
    },
  ];
}

/** A flow declared over mutual TLS to a server that asks its clients for nothing. */
function withoutCertificate({ doors, declared }: Traffic): Finding[] {
  const mutual = declared.filter(({ encryption }) => encryption === 'mtls');
  const [flow] = mutual;
  if (flow === undefined) return [];
  return doors
    .filter(
      ({ role, plaintext, certificate }) => role === 'clients' && plaintext === 'refused' && certificate === 'optional',
    )
    .map((door) => ({
      message: `${door.at} asks ${door.name} for no certificate (${door.because}), and ${mutual.length === 1 ? `the flow ${flow.flow} is` : `${mutual.length} flows, ${flow.flow} among them, are`} declared over mutual TLS`,
      severity: 'high',
      ...(door.origin !== undefined && { origin: door.origin }),
      remediation: door.remedy,
    }));
}

function declaredPlain({ declared }: Traffic): Finding[] {
  return declared
    .filter(({ encryption }) => encryption === 'none')
    .map(({ flow }) => ({
      message: `the flow ${flow} is declared without encryption`,
      severity: 'high',
      remediation: 'Encrypt it and declare encryption: tls or mtls.',
    }));
}

/** What is wrong with each way of holding a connection; `verified` and `tunnel` are right. */
const FLAWS: Readonly<Partial<Record<Care, readonly [Finding['severity'], string, string]>>> = {
  plaintext: [
    'critical',
    'without TLS',
    'Make the client speak TLS and verify the server: sslmode=verify-full, rediss://, tls://, https://.',
  ],
  opportunistic: [
    'high',
    'with TLS only where the server offers it, so whoever stands between takes it away',
    'Demand TLS with verification: sslmode=verify-full, tls://.',
  ],
  encrypted: [
    'high',
    'with TLS and takes any certificate for the server',
    'Verify the certificate and the name: sslmode=verify-full, VERIFY_IDENTITY, proxy-ssl-verify "on" with a CA.',
  ],
  chain: [
    'medium',
    'with TLS and takes any name the CA has signed for the server',
    'Verify the name too: verify-full, VERIFY_IDENTITY.',
  ],
};

/** One finding for each workload and flaw, with every place that has it named in the message. */
function grouped(connections: readonly Connection[], { requireNames }: Params): Finding[] {
  const groups = new Map<string, Connection[]>();
  for (const connection of connections) {
    if (FLAWS[connection.care] === undefined || (connection.care === 'chain' && !requireNames)) continue;
    const key = `${connection.from} ${connection.care}`;
    groups.set(key, [...(groups.get(key) ?? []), connection]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const flaw = first === undefined ? undefined : FLAWS[first.care];
    if (first === undefined || flaw === undefined) return [];
    const [severity, how, remediation] = flaw;
    const reasons = [...new Set(group.map(({ because }) => because))];
    return [
      {
        message: `${first.from} connects to ${address(first)} ${how}: ${reasons.join('; ')}`,
        severity,
        origin: first.origin,
        remediation,
      },
    ];
  });
}

function openQuestions({ doors, declared, connections, managed }: Traffic, judged: readonly Connection[]): string[] {
  const unknownDoor = doors.find(({ plaintext }) => plaintext === 'unknown');
  const unknownClient = judged.find(({ care }) => care === 'unknown');
  const silent = declared.find(({ found }) => !found);
  const tunnels = connections.length > 0 && connections.every(({ care }) => care === 'tunnel');
  return [
    ...(unknownDoor === undefined
      ? []
      : [`whether ${unknownDoor.at} takes ${unknownDoor.name} without TLS: ${unknownDoor.because}`]),
    ...(unknownClient === undefined
      ? []
      : [
          `whether ${unknownClient.from} connects to ${address(unknownClient)} over verified TLS: ${unknownClient.because}`,
        ]),
    ...(silent === undefined
      ? []
      : [`how the flow ${silent.flow} is held: no variable or file of the client that is read here names the server`]),
    ...(doors.some(({ role }) => role === 'clients') || tunnels
      ? []
      : [
          `whether the server refuses plaintext${managed === undefined ? '' : ` (${managed})`}: its configuration is not here`,
        ]),
  ];
}

function address({ host, port }: Connection): string {
  return port === undefined ? host : `${host}:${port}`;
}

function summary({ doors, connections }: Traffic): string {
  const said = doors.map(({ name, because }: Door) => `${name}: ${because}`);
  const callers = new Set(connections.map(({ from }) => from)).size;
  const server = said.length === 0 ? 'it carries the TLS of its callers' : `plaintext is refused (${said.join('; ')})`;
  return `${server}, ${callers} ${callers === 1 ? 'client verifies' : 'clients verify'} it`;
}
