/**
 * A process under test: what it is to do stands in SCENARIO as JSON. It prints `port N` when it listens and `event …` for
 * what happens to it; its log goes to stderr.
 */
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createLifecycle, type LifecycleOptions } from '@launchgate/runtime/lifecycle';

interface Scenario {
  readonly options: LifecycleOptions;
  readonly hooks?: 'ordered' | 'failing' | 'hanging' | 'foreign';
}

const { options, hooks }: Scenario = JSON.parse(process.env['SCENARIO'] ?? '{"options":{}}');
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const write = (fields: object, message: string): void =>
  void process.stderr.write(`${JSON.stringify({ message, ...fields })}\n`);

const lifecycle = createLifecycle({ ...options, log: { info: write, warn: write, error: write } });
lifecycle.install();
const server = createServer((request, response) => {
  if (request.url === '/ready') response.writeHead(lifecycle.draining ? 503 : 200).end();
  else if (request.url === '/throw') setImmediate(() => throwIt());
  else if (request.url === '/reject') void Promise.reject(new Error('rejected'));
  else if (request.url === '/never') say('event never');
  else if (request.url === '/shutdown') response.end('leaving', () => void lifecycle.shutdown('preStop'));
  else if (request.url === '/slow') {
    say('event slow');
    setTimeout(() => response.end('at last'), 1_500);
  } else response.end('ok');
});
lifecycle.attach(server);
lifecycle.signal.addEventListener('abort', () => say('event leaving'));

if (hooks === 'ordered')
  for (const stage of ['telemetry', 'stores', 'consumers', 'servers'] as const)
    lifecycle.hook(stage, stage, async () => {
      say(`event ${stage} begins`);
      await delay(5);
      say(`event ${stage} ends`);
    });
if (hooks === 'failing') lifecycle.hook('stores', 'broken', () => Promise.reject(new Error('no')));
if (hooks === 'foreign') process.on('SIGTERM', () => setTimeout(() => process.exit(), 50));
if (hooks === 'hanging') lifecycle.hook('stores', 'stuck', () => new Promise(() => {}));
if (hooks !== undefined) lifecycle.hook('telemetry', 'last', () => say('event flushed'));

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  say(`port ${typeof address === 'object' ? address?.port : ''}`);
});

function throwIt(): never {
  throw new Error('thrown');
}
