import { Network } from '../../src/adapters/netns/index.ts';

/** Opens a network and stays, to be interrupted by the test that started it. */
await Network.open(
  ['a', 'b'].map((id, index) => ({
    id,
    addresses: [`10.61.1.${index + 1}`],
    listens: [{ protocol: 'TCP', port: 80 }],
  })),
);
process.stdout.write('open\n');
setInterval(() => undefined, 1000);
