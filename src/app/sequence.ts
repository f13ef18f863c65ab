import { LaunchgateError } from '../model/errors.ts';
import { durableFiles } from '../adapters/durable-files.ts';
import { decodeEnvelope, MAX_ENVELOPE_BYTES } from '../ledger/envelope.ts';
import { evidenceFile } from '../ledger/layout.ts';
import { isSequencer, recordAll } from './acts.ts';
import { fsckLedger } from './fsck.ts';
import { ledgerFolder } from './ledger.ts';
import type { Project } from './project.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Takes every evidence file that is not in the log into it, oldest digest first. Answers how many. */
export async function sequenceUnlogged(project: Project, env: Environment): Promise<number> {
  const folder = ledgerFolder(project);
  if (!isSequencer(env, folder)) {
    throw new LaunchgateError('refused', 'this machine does not hold the key that sequences this ledger', {
      next: 'Run it where the ledger was started, or in the one CI job that holds the key.',
    });
  }
  const state = await fsckLedger(project, env, { signatures: false, threads: 0 });
  if (state.state === 'corrupt')
    throw new LaunchgateError(
      'ledger-corrupt',
      state.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'),
    );
  if (state.state === 'unreadable') throw new LaunchgateError('ledger-unreadable', state.reason);
  const storage = durableFiles(folder);
  const files = await storage.readMany(state.unlogged.map(evidenceFile), MAX_ENVELOPE_BYTES);
  const envelopes = files.flatMap((bytes, at) =>
    bytes === undefined ? [] : [decodeEnvelope(bytes, evidenceFile(state.unlogged[at] ?? 'sha256:'))],
  );
  const recorded = await recordAll(project, env, envelopes);
  return recorded.length;
}
