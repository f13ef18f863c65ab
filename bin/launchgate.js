#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
/** When all is said, what is still open, such as a connection that nobody ends, holds the command no longer than this. */
const LINGER_MS = 1000;

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  const { Chunks } = await import('./chunks.js');
  const chunks = new Chunks(fileURLToPath(new URL('../dist', import.meta.url)));
  const { main } = chunks.load('main.cjs');
  process.exitCode = await main(process.argv.slice(2));
  chunks.keep();
  setTimeout(() => process.exit(), LINGER_MS).unref();
} else {
  process.exitCode = await runOnNewerNode();
}

/** An older Node runs the one that a checkout brings along; without it there is nothing to run on. */
async function runOnNewerNode() {
  const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(own)) {
    console.error(
      `launchgate needs Node ${NEEDED} or newer, and this is ${process.version}. Install it, or run "npm install --save-dev node@${NEEDED}".`,
    );
    return 2;
  }
  const { spawnSync } = await import('node:child_process');
  const { status, signal } = spawnSync(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  if (signal !== null) process.kill(process.pid, signal);
  return status ?? 2;
}
