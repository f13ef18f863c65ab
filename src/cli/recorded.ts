import type { Recorded } from '../app/acts.ts';
import type { Candidate } from '../model/report.ts';
import { visible } from '../report/text/visible.ts';

/** Says where what was signed lies: in the log, or in a file that the sequencer has still to take in. */
export function whereabouts({ index }: Recorded): string {
  return index === undefined
    ? 'written as an evidence file; it counts once the sequencer took it in with "launchgate ledger sequence"'
    : `entry ${index} of the ledger`;
}

/** What the digest of a candidate stands for, for whoever signs it. */
export function candidateInWords({ digest, commits, images }: Candidate): string {
  const parts = [
    ...commits.map(({ repository, commit }) => `commit ${commit} of ${repository}`),
    ...images.map(({ reference, digest: pin = '' }) =>
      reference.endsWith(pin) ? `image ${reference}` : `image ${reference} ${pin}`,
    ),
  ];
  return [`candidate ${digest} is:`, ...parts.map((part) => `  ${visible(part)}`)].join('\n');
}

/** Says of an act that is on record why it changes nothing. */
export function opensNothing(because: string): string {
  return visible(`It opens nothing: ${because}.`);
}
