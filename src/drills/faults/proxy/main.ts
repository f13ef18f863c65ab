/**
 * The proxy's side of its process. When whoever started it is gone it passes everything on and stays: parts are connected through it until the
 * undo of the run has led them past it, and ends it by its mark.
 */
import type { FromProxy, ToProxy } from './messages.ts';
import { startProxy, type FaultProxy } from './server.ts';

export function serveParent(): void {
  let proxy: FaultProxy | undefined;
  const tell = (message: FromProxy): void => {
    if (process.connected) process.send?.(message);
  };
  process.on('disconnect', () => proxy?.set({}));
  process.on('message', (message: ToProxy) => void obey(message));

  async function obey(message: ToProxy): Promise<void> {
    try {
      if (message.kind === 'start') {
        proxy = await startProxy(message.host, message.port);
        return tell({ kind: 'listening', port: proxy.port });
      }
      if (proxy === undefined) throw new Error('it was not started');
      if (message.kind === 'set') proxy.set(message.fault);
      tell({ kind: 'done', traffic: proxy.traffic() });
    } catch (error) {
      tell({ kind: 'broken', because: error instanceof Error ? error.message : String(error) });
    }
  }
}
