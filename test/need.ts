import { accessSync, appendFileSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Tools of the user's that neither Debian nor npm carries: `tools/renderers` builds them where Go is at hand. */
const NOT_INSTALLABLE: ReadonlySet<string> = new Set(['kustomize', 'helm']);

/**
 * Whether a server or tool that a suite needs is on PATH. A lack is recorded, so that the test command counts and names it; with
 * REQUIRE_ALL=1 it is an error, except for tools that `tools/setup` cannot install.
 */
export function needs(tool: string): boolean {
  if (onPath(tool)) return true;
  const required = !NOT_INSTALLABLE.has(tool);
  if (required && process.env['REQUIRE_ALL'] === '1') throw new Error(`${tool} is not on PATH; run tools/setup`);
  lacks(`${tool} is not on PATH: ${required ? 'run tools/setup' : 'run tools/renderers where Go is at hand'}`);
  return false;
}

/** Whether Debian's libfaketime is installed, which has no program of its own. */
export function needsFakeTime(): boolean {
  const found = readdirSync('/usr/lib').some((folder) => existsSync(join('/usr/lib', folder, 'faketime')));
  if (found) return true;
  if (process.env['REQUIRE_ALL'] === '1') throw new Error('libfaketime is not installed; run tools/setup');
  lacks('libfaketime is not installed: run tools/setup');
  return false;
}

/** CAP_NET_ADMIN and CAP_SYS_ADMIN (capabilities(7)): root of a container often has neither. */
const CAPABILITIES = (1n << 12n) | (1n << 21n);

/** Whether the suite runs as root on Linux and may make network namespaces and mount file systems. A lack is recorded; no setup can mend it. */
export function needsRoot(): boolean {
  if (process.platform === 'linux' && process.getuid?.() === 0 && (capabilities() & CAPABILITIES) === CAPABILITIES)
    return true;
  lacks('network namespaces and mounts need root on Linux, with CAP_NET_ADMIN and CAP_SYS_ADMIN');
  return false;
}

function capabilities(): bigint {
  const held = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return BigInt(`0x${held ?? '0'}`);
}

function lacks(what: string): void {
  const record = process.env['LAUNCHGATE_TEST_LACKS'];
  if (record !== undefined) appendFileSync(record, `${what}\n`);
}

function onPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
