import { readFileSync } from 'node:fs';

/** The package's version; the manifest lies two folders above the sources and one above the bundle. */
export const version: string = readVersion();

function readVersion(): string {
  for (const up of ['../package.json', '../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === 'launchgate' && manifest.version !== undefined) return manifest.version;
    } catch {
      continue;
    }
  }
  return '0.0.0';
}
