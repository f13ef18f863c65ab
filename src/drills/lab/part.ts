/**
 * What a part of the lab is: one process, what it needs, and how to tell that it is ready. Parts say nothing about how they are
 * started, watched and ended; the lab does that, the same way for all of them.
 */
import type { LabPlan } from './plan.ts';

/** A process of the lab, or with `once` a command that must end well before what needs it starts. */
export interface Part {
  /** Unique, a valid host name label: `postgres`, `api-2`. Replicas are `NAME-1` … `NAME-N`. */
  readonly name: string;
  /** Parts that must be ready before this one is started. */
  readonly needs: readonly string[];
  /** What Debian installs of it: the file that is executed, or that of the part it watches; without it the lab says which package is missing and what is lost. */
  readonly program?: DebianProgram;
  /** Names of the TCP ports that it listens on. The lab reserves a free one for each and keeps them over restarts. */
  readonly ports?: readonly string[];
  /** System user that the server wants; when the lab is root it runs as that user, otherwise as whoever started the lab. */
  readonly user?: string;
  /** Workload whose certificate is mounted at `tls/` in the part's folder before `prepare`. */
  readonly identity?: Identity;
  /** Secrets that are mounted at `secrets/NAME` in the part's folder (mode 0600) before `prepare`. Made up where they do not exist yet. */
  readonly secrets?: readonly string[];
  readonly once?: boolean;
  /** Writes configuration. Runs at once, beside the preparation of all others, when no other part runs yet. */
  prepare?(lab: Lab, signal: AbortSignal): Promise<void> | void;
  /** The last steps before the start: runs once everything in `needs` is ready. */
  beforeStart?(lab: Lab, signal: AbortSignal): Promise<void>;
  /** Runs once after it answered `ready` for the first time, and before it counts as ready: roles, schemas, seeds. Safe to repeat. */
  settle?(lab: Lab, signal: AbortSignal): Promise<void>;
  command(lab: Lab): Command;
  /** Asks once whether it does its work, the way its clients would; throws while it does not. The lab asks again until it is, or time is up. */
  ready?(lab: Lab, signal: AbortSignal): Promise<void>;
  /** How it is asked to end, and how long it may take before it is killed. Default: SIGTERM, 10 s. */
  readonly stop?: { readonly signal: NodeJS.Signals; readonly timeoutMs: number };
  /** How long it may take to be ready; default 90 s. */
  readonly startTimeoutMs?: number;
}

export interface Command {
  /** Absolute path, or a name that is looked up in PATH, /usr/sbin and /usr/lib/postgresql/N/bin. */
  readonly file: string;
  readonly args?: readonly string[];
  /** The whole environment beside PATH, HOME, LANG and the mark of the lab: nothing of the caller's is passed on. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface DebianProgram {
  readonly file: string;
  readonly package: string;
  /** What the lab does without when it is missing, to follow "without it": `there is no edge in front of the services`. */
  readonly loses: string;
  /** True when the rest of the lab is of no use without it. Default: it is left out and said. */
  readonly required?: boolean;
}

/** A workload as the platform's CA knows it. */
export interface Identity {
  /** Service account, and common name. */
  readonly name: string;
  readonly namespace: string;
  /** Names beside `localhost`, 127.0.0.1 and the lab's host address. */
  readonly dns?: readonly string[];
}

/** Absolute paths of a mounted certificate. They lead through the symlink `..data`, so a renewal swaps all three at once. */
export interface TlsFiles {
  readonly folder: string;
  readonly cert: string;
  readonly key: string;
  /** Root and intermediate; two generations of them while a rotation is on its way. */
  readonly ca: string;
}

/** What a part sees of the lab it runs in. All methods may be called from `prepare` on. */
export interface Lab {
  /** Identifies this lab among those of the machine, and over `down` and `up`. */
  readonly id: string;
  /** The lab's own folder. */
  readonly directory: string;
  /** The machine's first address that is not loopback; node agents listen on it. */
  readonly host: string;
  readonly plan: LabPlan;
  /** The part's own folder, made and owned by its user. Its process starts there. */
  folder(part: string): string;
  /** The reserved port. Throws for one that the part has not declared. */
  port(part: string, name: string): number;
  /** Whether the lab has this part. */
  has(part: string): boolean;
  /** Folder with a short path for the part's sockets, whose paths may have 107 bytes; made and owned as `folder` is. */
  scratch(part: string): string;
  /** Names of the parts that run a service, `api` -> `api-1`, `api-2`; empty where it does not run. */
  replicas(service: string): readonly string[];
  /** The part's mounted certificate. */
  tls(part: string): TlsFiles;
  /** Certificate of the lab itself, a client of everything: for health checks. */
  readonly client: TlsFiles;
  /** The value of a secret. */
  secret(name: string): string;
  /** Path of the secret as mounted for a part that declares it. */
  secretFile(part: string, name: string): string;
  /** Writes a file below the part's folder, owned by its user, and answers its absolute path. Mode 0600 unless said otherwise. */
  write(part: string, path: string, content: string | Uint8Array, mode?: number): string;
  /** Log file that takes the part's stdout and stderr. */
  log(part: string): string;
  /** What comes before a part's command: empty, or in a segmented lab the way into its namespace, which then becomes `owner` by itself. */
  enter(part: string, owner: { readonly uid: number; readonly gid: number } | undefined): readonly string[];
  /** A Node program of the lab, `src/drills/lab/programs/NAME.ts`, or a service, `services/NAME`: bundled, or from source in a checkout. */
  program(kind: 'lab' | 'service', name: string): Command;
}
