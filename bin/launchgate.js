#!/usr/bin/env node
const NEEDED = 24;
/** When all is said, what is still open, such as a connection that nobody ends, holds the command no longer than this. */
const LINGER_MS = 1000;

// A fault that nobody catches is no answer: Node would end with 1, which says "does not hold".
process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(2);
});

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  // Required, not imported: an import asks Node's modules for every member, and some load much more when they are asked for.
  const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);
  const { Chunks } = require('./chunks.cjs');
  const chunks = new Chunks(require('node:path').join(import.meta.dirname, '../dist'));
  const { main } = chunks.load('main.cjs');
  process.exitCode = await main(process.argv.slice(2));
  chunks.keep();
  setTimeout(() => process.exit(), LINGER_MS).unref();
} else {
  process.exitCode = await runOnNewerNode();
}

/** An older Node runs the one that a checkout brings along; without it there is nothing to run on. */
async function runOnNewerNode() {
  const { existsSync } = await import('node:fs');
  const { fileURLToPath } = await import('node:url');
  const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(own)) {
    console.error(
      `launchgate needs Node ${NEEDED} or newer, and this is ${process.version}. Install it, or run "npm install --save-dev node@${NEEDED}".`,
    );
    return 2;
  }
  const { spawn } = await import('node:child_process');
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Who ends this process means the one that does the work, which may have something to take back first.
  const passOn = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, passOn);
  const { status, signal } = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => resolve({ status, signal }));
  });
  for (const one of signals) process.off(one, passOn);
  if (signal !== null) process.kill(process.pid, signal);
  return status ?? 2;
}
