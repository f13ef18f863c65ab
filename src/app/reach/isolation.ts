import { visible } from '../../report/text/visible.ts';
import { isolationProfiles, portsText, type Reachability } from '../../proofs/reachability/index.ts';

/** What isolates whom, where a map of pairs would be too long: a line for each set of pods that the same policies select. */
export function isolationText(reach: Reachability): string {
  return isolationProfiles(reach)
    .map(({ direction, pods, policies, rest }) => {
      const names = pods.flatMap(({ members }) => members.map(({ id }) => id));
      const who = `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
      const by = `${policies.slice(0, 3).join(', ')}${policies.length > 3 ? ` and ${policies.length - 3} more` : ''}`;
      const open = rest === undefined ? '' : `; others: ${portsText(rest)}`;
      return visible(
        policies.length === 0 ? `${who} : ${direction} open` : `${who} : ${direction} isolated by ${by}${open}`,
      );
    })
    .join('\n');
}
