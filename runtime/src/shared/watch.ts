/**
 * Notices that files were replaced, however that was done: written in place, renamed over by an editor, or swapped as a whole by
 * the `..data` link of a Kubernetes volume. So folders are watched, not files, those behind links too, and a slow poll makes up for
 * file systems that tell nothing.
 */
import { realpathSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

export interface WatchOptions {
  /** Quiet time before `changed` is called, in ms. A burst of writes counts as one, for five of it at most. Default 200. */
  readonly debounceMs?: number;
  /** How often `changed` is called without any sign, in ms. Default 30,000. */
  readonly pollMs?: number;
}

/** Quiet times after which a folder that is never quiet is looked at all the same: others may write there without a pause. */
const PATIENCE = 5;

/** `changed` must find out itself whether something did; it is never called while it runs. Returns the end of it. */
export function watchFiles(
  paths: readonly string[],
  changed: () => Promise<unknown>,
  options: WatchOptions = {},
): () => void {
  const { debounceMs = 200, pollMs = 30_000 } = options;
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let since: number | undefined;
  let running = false;
  let again = false;
  let closed = false;

  function soon(): void {
    if (closed) return;
    since ??= performance.now();
    const left = since + PATIENCE * debounceMs - performance.now();
    clearTimeout(timer);
    timer = setTimeout(() => void run(), Math.min(debounceMs, Math.max(0, left)));
    timer.unref();
  }
  async function run(): Promise<void> {
    since = undefined;
    if (running) return void (again = true);
    running = true;
    await changed().catch(() => undefined);
    running = false;
    follow();
    if (again) soon();
    again = false;
  }
  function follow(): void {
    if (closed) return;
    const folders = new Set(paths.flatMap((path) => [dirname(path), ...realFolder(path)]));
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of folders) if (!watchers.has(folder)) add(folder);
  }
  function add(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, soon);
      const lost = () => {
        watcher.close();
        watchers.delete(folder);
      };
      watchers.set(folder, watcher.on('error', lost));
    } catch {
      // Not there now: the poll looks again.
    }
  }
  follow();
  const poll = setInterval(soon, pollMs);
  poll.unref();
  return () => {
    closed = true;
    clearTimeout(timer);
    clearInterval(poll);
    for (const watcher of watchers.values()) watcher.close();
    watchers.clear();
  };
}

function realFolder(path: string): string[] {
  try {
    return [dirname(realpathSync(path))];
  } catch {
    return [];
  }
}
