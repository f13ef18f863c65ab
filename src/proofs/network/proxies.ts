import { podSpec, containers, type Workload } from '../../model/kube.ts';
import { mountedFiles, type MountedFile } from '../../model/mounted-files.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { runs } from './need.ts';

/** The names that something lets a workload, or the callers of a proxy, reach. */
export interface HeldNames {
  /** Names, a leading dot for everything below, or patterns of a policy; undefined where any name passes. */
  readonly names: readonly string[] | undefined;
  /** What holds to them: `the list of the proxy`. */
  readonly list: string;
  readonly because: string;
  readonly origin?: Origin;
}

/** What an egress proxy lets its callers reach. */
export type ProxyNames = HeldNames & { readonly origin: Origin };

const LIST = 'the list of the proxy';

/** The names that a forward proxy of the workload is held to; undefined where it runs none that is understood. */
export function proxyNames(view: PlatformView, workload: Workload): ProxyNames | undefined {
  if (!runs(workload, /^squid(?:-proxy)?$/)) return undefined;
  const files = containers(workload).flatMap(({ at }) => mountedFiles(view, workload, at));
  const config = files.find(({ path }) => path.endsWith('squid.conf'));
  if (config === undefined)
    return {
      names: undefined,
      list: LIST,
      because: 'its squid.conf is not in a ConfigMap of the repository',
      origin: podSpec(workload).origin,
    };
  return squid(config, files);
}

/** Squid's `acl NAME dstdomain …` and `http_access`: the first line that matches decides (squid.conf.documented). */
function squid({ text, origin }: MountedFile, files: readonly MountedFile[]): ProxyNames {
  const lists = new Map<string, string[]>();
  const allowed = new Set<string>();
  let closed = false;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [directive = '', ...words] = line
      .replace(/\s#.*$/, '')
      .trim()
      .split(/\s+/);
    if (directive === 'acl' && words[1] === 'dstdomain')
      lists.set(words[0] ?? '', [
        ...(lists.get(words[0] ?? '') ?? []),
        ...words.slice(2).flatMap((word) => namesIn(word, files)),
      ]);
    if (directive !== 'http_access' || closed) continue;
    const [action, ...acls] = words;
    if (action === 'deny' && acls.join(' ') === 'all') closed = true;
    if (action !== 'allow') continue;
    const named = acls.filter((acl) => lists.has(acl));
    if (named.length === 0 && !acls.includes('localhost'))
      return { names: undefined, list: LIST, because: `squid.conf has "${line.trim()}", which names no hosts`, origin };
    for (const name of named.flatMap((acl) => lists.get(acl) ?? [])) allowed.add(name);
  }
  if (!closed)
    return { names: undefined, list: LIST, because: 'squid.conf does not end with "http_access deny all"', origin };
  return {
    names: [...allowed].sort(),
    list: LIST,
    because: 'squid.conf lets its list of names pass and denies the rest',
    origin,
  };
}

/** A word of an acl: a name, or a file of names in quotes. */
function namesIn(word: string, files: readonly MountedFile[]): string[] {
  const path = /^"(.+)"$/.exec(word)?.[1];
  if (path === undefined) return [word];
  const text = files.find((file) => file.path === path)?.text ?? '';
  return text.split(/\s*(?:#.*)?(?:\r\n|\r|\n)\s*/).filter((name) => name !== '');
}
