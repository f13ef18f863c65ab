import { CannotTell } from '../../../model/drill/drill.ts';
import type { Segments } from '../../../model/drill/segments.ts';
import type { ReachInput } from '../../../proofs/reachability/index.ts';
import { findProgram, nodeProgram } from '../../lab/run/programs.ts';
import { remember } from '../../segments/open.ts';
import { openPackets } from '../../segments/packets.ts';
import type { Use } from '../../target.ts';

/** `policies` reads those of the platform that the lab stands for. */
export function labSegments({ undo, run }: Use, policies: () => Promise<ReachInput>): Segments {
  return {
    async open() {
      if (process.platform !== 'linux' || process.getuid?.() !== 0)
        throw new CannotTell('network namespaces are made by root on Linux only');
      for (const tool of ['ip', 'nft'])
        if (findProgram(tool) === undefined) throw new CannotTell(`${tool} is not installed`);
      const input = await policies();
      await undo.before({ kind: 'close-network', data: { run } });
      const { file, args = [] } = nodeProgram('drill', 'packet-agent');
      return remember(run, await openPackets(input, { agent: [file, ...args] }));
    },
  };
}
