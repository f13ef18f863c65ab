/** Probes as the kubelet will run them, and when two of them ask the same. */
import type { Cursor } from '../../model/cursor.ts';
import type { Origin } from '../../model/origin.ts';

export const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
export type ProbeName = (typeof PROBES)[number];

/** A probe with the defaults of Kubernetes filled in (`SetDefaults_Probe`). */
export interface Probe {
  /** As many as are written; Kubernetes takes exactly one. */
  readonly handlers: readonly Handler[];
  readonly initialDelaySeconds: number;
  readonly timeoutSeconds: number;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
  readonly successThreshold: number;
  readonly ownGracePeriod: boolean;
  readonly origin: Origin;
}

export interface Handler {
  readonly kind: 'httpGet' | 'tcpSocket' | 'grpc' | 'exec';
  readonly port?: number | string;
  /** Of httpGet and tcpSocket: another host than the pod. */
  readonly host?: string;
  /** Of httpGet. */
  readonly scheme?: string;
  /** Path, command or service: what tells two probes of one port apart. */
  readonly asks: string;
  readonly origin: Origin;
}

export type Probes = Readonly<Partial<Record<ProbeName, Probe>>>;

export interface Port {
  readonly name?: string;
  readonly number: number;
  readonly protocol: string;
}

/** Seconds of failing after which a probe acts. */
export function patience({ periodSeconds, failureThreshold }: Probe): number {
  return periodSeconds * failureThreshold;
}

/** What a probe asks, with names of ports resolved, so that `http` and 8080 are the same question. */
export function question({ handlers: [handler] }: Probe, ports: readonly Port[]): string {
  if (handler === undefined) return '';
  const port = ports.find(({ name }) => name === handler.port)?.number ?? handler.port;
  return [handler.kind, port, handler.host, handler.asks].join(' ');
}

export function portsOf(at: Cursor): Port[] {
  return at
    .get('ports')
    .items()
    .map((port) => {
      const name = port.get('name').string();
      return {
        ...(name !== undefined && { name }),
        number: port.get('containerPort').integer() ?? 0,
        protocol: port.get('protocol').string() ?? 'TCP',
      };
    });
}

export function probesOf(at: Cursor): Probes {
  const found = PROBES.filter((name) => at.get(name).exists).map((name) => [name, probe(at.get(name))] as const);
  return Object.fromEntries(found);
}

/** What Kubernetes takes where a number of a probe is not given, or is 0, which is the same to it. */
const DEFAULTS = {
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 10,
  failureThreshold: 3,
  successThreshold: 1,
} as const;

function numberOf(at: Cursor, name: keyof typeof DEFAULTS): number {
  return at.get(name).integer() || DEFAULTS[name];
}

function probe(at: Cursor): Probe {
  return {
    handlers: handlers(at),
    initialDelaySeconds: numberOf(at, 'initialDelaySeconds'),
    timeoutSeconds: numberOf(at, 'timeoutSeconds'),
    periodSeconds: numberOf(at, 'periodSeconds'),
    failureThreshold: numberOf(at, 'failureThreshold'),
    successThreshold: numberOf(at, 'successThreshold'),
    ownGracePeriod: at.get('terminationGracePeriodSeconds').exists,
    origin: at.origin,
  };
}

function handlers(at: Cursor): Handler[] {
  return (['httpGet', 'tcpSocket', 'grpc', 'exec'] as const)
    .filter((kind) => at.get(kind).exists)
    .map((kind) => {
      const handler = at.get(kind);
      const port = kind === 'exec' ? undefined : handler.get('port').integerOrString();
      const host = kind === 'httpGet' || kind === 'tcpSocket' ? handler.get('host').string() : undefined;
      const scheme = kind === 'httpGet' ? handler.get('scheme').string() : undefined;
      return {
        kind,
        ...(port !== undefined && { port }),
        ...(host !== undefined && { host }),
        ...(scheme !== undefined && { scheme }),
        asks: asked(kind, handler),
        origin: handler.origin,
      };
    });
}

function asked(kind: Handler['kind'], at: Cursor): string {
  if (kind === 'httpGet') return at.get('path').string() ?? '/';
  if (kind === 'exec') return at.get('command').strings().join(' ');
  return kind === 'grpc' ? (at.get('service').string() ?? '') : '';
}
