import type { Cursor } from '../../model/cursor.ts';
import { parseImage } from '../../model/image.ts';
import { containers, type Workload } from '../../model/kube.ts';

/** The servers whose configuration is understood. */
export type ProgramKind =
  | 'postgres'
  | 'patroni'
  | 'redis'
  | 'sentinel'
  | 'nats'
  | 'kafka'
  | 'mysql'
  | 'qdrant'
  | 'temporal'
  | 'pgbouncer'
  | 'nginx'
  | 'collector';

/** A server that a container runs, with the words of its command line behind the program. */
export interface Program {
  readonly kind: ProgramKind;
  readonly container: Cursor;
  readonly arguments: readonly string[];
  readonly image: string;
  /** True where a vendor's image makes the configuration from variables, in ways that are not modelled. */
  readonly configuresItself: boolean;
}

/** By the last part of a command's or an image's name. */
const NAMES: readonly (readonly [ProgramKind, RegExp])[] = [
  ['patroni', /^patroni$/],
  ['postgres', /^(?:postgres|postgresql|postgis|timescaledb(?:-ha)?|pgvector)$/],
  ['sentinel', /^redis-sentinel$/],
  ['redis', /^(?:redis|valkey)(?:-server|-stack-server)?$/],
  ['nats', /^nats(?:-server)?$/],
  ['kafka', /^(?:cp-)?kafka(?:-server-start(?:\.sh)?)?$/],
  ['mysql', /^(?:mysql|mysqld|mariadb|mariadbd|percona-server)$/],
  ['qdrant', /^qdrant$/],
  ['temporal', /^(?:temporal-server|temporalio-server|auto-setup)$/],
  ['pgbouncer', /^pgbouncer$/],
  ['nginx', /^nginx(?:-unprivileged)?$/],
  ['collector', /^(?:otelcol(?:-contrib)?|otel-collector|opentelemetry-collector(?:-contrib|-k8s)?)$/],
];

/** Vendors whose images write the configuration themselves when they start. */
const SELF_CONFIGURING = /(?:^|\/)(?:bitnami|bitnamilegacy|bitnamisecure|zalando|spilo|chainguard-iamguarded)\//;

/** The servers of a workload; containers that run something else are none. */
export function programsOf(workload: Workload): Program[] {
  return containers(workload)
    .filter(({ role }) => role !== 'init')
    .flatMap(({ at }) => programOf(at) ?? []);
}

function programOf(container: Cursor): Program | undefined {
  const words = wordsOf(container);
  const image = container.get('image').string() ?? '';
  const repository = parseImage(image)?.repository ?? '';
  const index = words.findIndex((word) => kindOf(baseName(word)) !== undefined && !word.startsWith('-'));
  const named = index === -1 ? undefined : kindOf(baseName(words[index] ?? ''));
  const byImage =
    kindOf(baseName(repository)) ?? (/(?:^|\/)temporalio\/server$/.test(repository) ? 'temporal' : undefined);
  const isOther = /^[a-z][\w-]*$/.test(words[0] ?? '') && !isShell(words[0]) && words[0] !== 'start';
  const kind = (index === 0 || isShell(words[0]) ? named : undefined) ?? (isOther ? undefined : byImage);
  if (kind === undefined) return undefined;
  const own = kind === named && index >= 0 ? words.slice(index + 1) : words;
  const program = kind === 'redis' && own.includes('--sentinel') ? 'sentinel' : kind;
  return { kind: program, container, arguments: own, image, configuresItself: SELF_CONFIGURING.test(repository) };
}

/** The words of the command line; those of a shell's script one by one. */
function wordsOf(container: Cursor): string[] {
  const words = [...container.get('command').strings(), ...container.get('args').strings()];
  return isShell(words[0])
    ? words.flatMap((word) => word.split(/\s+/)).filter((word) => word !== '' && word !== 'exec')
    : words;
}

function isShell(word: string | undefined): boolean {
  return /(?:^|\/)(?:sh|bash|ash|dumb-init|tini)$/.test(word ?? '');
}

function kindOf(name: string): ProgramKind | undefined {
  return NAMES.find(([, pattern]) => pattern.test(name))?.[0];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The value of a flag in either form: `--config=x`, `--config x`. */
export function flagOf(words: readonly string[], ...names: string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    for (const name of names) {
      if (word === name) return words[index + 1];
      if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
    }
  }
  return undefined;
}
