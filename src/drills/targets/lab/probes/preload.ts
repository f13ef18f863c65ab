/** What a replica is started with so that it asks the drill's name server: a process has no other way to another resolver than the system's. */
export function resolverPreload(port: number): string {
  const code = `import { Resolver } from 'node:dns/promises';
for (const method of ['resolve4', 'resolve6']) {
  const ask = Resolver.prototype[method];
  Resolver.prototype[method] = function (...asked) {
    this.setServers(['127.0.0.1:${port}']);
    return ask.apply(this, asked);
  };
}`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}
