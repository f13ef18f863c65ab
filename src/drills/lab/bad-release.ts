/** A release of a service that is bad: the same program, some of whose answers are turned into failures before they are counted and sent. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Loaded before the service. It counts answers over TLS only, which are those to customers: health and metrics stay what they are. The first of
 * ten fails as surely as the last, so that a share of 0.2 is two of every ten.
 */
const PRELOAD = `import { ServerResponse } from 'node:http';
const share = Number(process.env.LAUNCHGATE_FAILING);
const { writeHead } = ServerResponse.prototype;
let owed = 0;
ServerResponse.prototype.writeHead = function (status, ...rest) {
  if (this.req?.socket?.encrypted !== true || status >= 500) return writeHead.call(this, status, ...rest);
  owed += share;
  if (owed < 1) return writeHead.call(this, status, ...rest);
  owed -= 1;
  return writeHead.call(this, 500, ...rest);
};
`;

/** Variables that make a Node program such a release; none where it shall not fail. The folder must outlast the program. */
export function badRelease(failing: number | undefined, folder: string): Readonly<Record<string, string>> {
  if (failing === undefined || failing === 0) return {};
  const path = join(folder, 'bad-release.mjs');
  writeFileSync(path, PRELOAD, { mode: 0o644 });
  return { NODE_OPTIONS: `--import=${path}`, LAUNCHGATE_FAILING: String(Math.min(1, failing)) };
}
