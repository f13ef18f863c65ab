/** The networks of packets that runs of this process have open: a step that is given up cannot close its own. */
import type { PacketNetwork } from '../../model/drill/segments.ts';

const open = new Map<string, Set<PacketNetwork>>();

/** Remembers a network of a run until it is closed. */
export function remember(run: string, network: PacketNetwork): PacketNetwork {
  const own = open.get(run) ?? new Set();
  open.set(run, own);
  const kept: PacketNetwork = {
    ...network,
    async close() {
      if (own.delete(kept)) await network.close();
    },
  };
  own.add(kept);
  return kept;
}

/** Closes what the run has left open. */
export async function closeOpenPackets(run: string): Promise<void> {
  for (const network of open.get(run) ?? []) await network.close();
  open.delete(run);
}
