import { connect, createServer, type AddressInfo } from 'node:net';

export interface MovingAddress {
  readonly port: number;
  /** From now on new connections go to this port. */
  lead(port: number): void;
  close(): void;
}

/** One address for whichever server is the primary, as a managed store has it: connections that are open stay where they are. */
export async function movingAddress(first: number): Promise<MovingAddress> {
  let target = first;
  const proxy = createServer((socket) => {
    const server = connect(target, '127.0.0.1');
    socket.pipe(server).pipe(socket);
    socket.on('error', () => server.destroy()).on('close', () => server.destroy());
    server.on('error', () => socket.destroy()).on('close', () => socket.destroy());
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  return {
    port: (proxy.address() as AddressInfo).port,
    lead: (port) => void (target = port),
    close: () => void proxy.close(),
  };
}
