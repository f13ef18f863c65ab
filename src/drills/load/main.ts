/** The generator's side of its process: told over IPC what to send, it sends, tells how it goes, and ends with whoever started it. */
import { constants, setPriority } from 'node:os';
import { drive, type Driving } from './drive.ts';
import { http1Lanes } from './http1/lane.ts';
import { http2Lanes } from './http2.ts';
import type { FromGenerator, Protocol, ToGenerator } from './plan.ts';
import { webSocketLanes } from './websocket.ts';

const LANES: Readonly<Record<Protocol, typeof http1Lanes>> = {
  'http/1.1': http1Lanes,
  h2: http2Lanes,
  ws: webSocketLanes,
};

/** Serves the parent of this process. Load without anybody who watches it would be an accident, so it ends when the parent does. */
export function serveParent(): void {
  let driving: Driving | undefined;
  goFirst();
  const tell = (message: FromGenerator, last = false): void => {
    if (process.connected) process.send?.(message, undefined, {}, () => last && process.disconnect());
  };
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: ToGenerator) => {
    if (message.kind === 'stop') return driving?.stop();
    try {
      driving = drive(message.plan, LANES[message.plan.protocol], (progress, done) =>
        tell({ kind: done ? 'done' : 'progress', progress }, done),
      );
      tell({ kind: 'started' });
    } catch (error) {
      tell({ kind: 'broken', because: error instanceof Error ? error.message : String(error) }, true);
    }
  });
}

/** The clock of a load must not wait for those who carry it. Only root may go before others; without that the report says when it was late. */
function goFirst(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // EACCES
  }
}
