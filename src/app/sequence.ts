import { durableFiles } from '../adapters/durable-files.ts';
import { sequenceStored, type Sequenced } from '../ledger/unlogged.ts';
import { LaunchgateError } from '../model/errors.ts';
import { isSequencer, openSequencer } from './acts.ts';
import { ledgerFolder } from './ledger.ts';
import type { Project } from './project.ts';

/** Takes every evidence file that is not in the log into it, and tells which are none. Throws `refused` where this machine is not the sequencer. */
export async function sequenceUnlogged(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Sequenced> {
  const folder = ledgerFolder(project);
  if (!isSequencer(env, folder)) {
    throw new LaunchgateError('refused', 'this machine does not hold the key that sequences this ledger', {
      next: 'Run it where the ledger was started, or in the one CI job that holds the key.',
    });
  }
  const sequencer = await openSequencer(project, env);
  try {
    return await sequenceStored(sequencer, durableFiles(folder));
  } finally {
    await sequencer.close();
  }
}
