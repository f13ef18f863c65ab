/** Files of the scanners' own that say whether findings fail the job, where the command does not. */
import type { PlatformView } from '../../model/platform.ts';

/** A file in which a tool looks up what its command leaves open. */
export interface OwnFile {
  /** Captures the path that the command, an input or a variable names. */
  readonly named: RegExp;
  /** What it is called where none is named, in the folder that the tool starts in. */
  readonly names: readonly string[];
  /** Captures a folder that is looked into as well. */
  readonly beside?: RegExp;
  /** What stands over the file. */
  readonly settledBy: RegExp;
  /** What the file says; undefined where it leaves the default. */
  readonly says: (data: Readonly<Record<string, unknown>>) => Said | undefined;
}

/** Whether findings fail the job, with what lets them pass, to be put after the path: `has soft-fail`. */
export type Said = { readonly fails: true } | { readonly fails: false; readonly because: string };

/** By path, what stands in each. */
export type OwnFiles = ReadonlyMap<string, unknown>;

/** Class `scanner-config`. */
export function ownFiles(view: PlatformView): OwnFiles {
  return new Map(view.data('scanner-config').map(({ path, data }) => [path, data]));
}

/**
 * What the file of a tool says, with its path; `unseen` where the command names one that is not among the files.
 * `given`: the command or the inputs of an action, with the variables.
 */
export function saidInFile(
  file: OwnFile,
  given: string,
  directory: string | undefined,
  files: OwnFiles,
): (Said & { readonly path: string }) | 'unseen' | undefined {
  if (file.settledBy.test(given)) return undefined;
  const named = file.named.exec(given)?.[1];
  const beside = file.beside?.exec(given)?.[1];
  const paths =
    named === undefined
      ? [directory, beside].flatMap((folder) => file.names.map((name) => `${folder ?? ''}/${name}`))
      : [named, `${directory ?? ''}/${named}`];
  const path = paths.map(normalised).find((candidate) => files.has(candidate));
  if (path === undefined) return named === undefined ? undefined : 'unseen';
  const data = files.get(path);
  const says = file.says((data ?? {}) as Readonly<Record<string, unknown>>);
  return says && { ...says, path };
}

/** `./infra//.checkov.yaml` as `infra/.checkov.yaml`. */
function normalised(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
