import type { Origin } from '../../model/origin.ts';
import type { Finding } from '../../model/result.ts';
import { IN_CLUSTER, type WorkloadScrape } from '../../proofs/alerting/metrics/index.ts';

export interface Judged {
  readonly findings: readonly Finding[];
  readonly open: readonly { readonly because: string; readonly origin: Origin }[];
}

/** Whether the metrics of one workload are read, and read once. */
export function judgeWorkload(scrape: WorkloadScrape, hidden: readonly string[], provisional: boolean): Judged {
  const { workload, by, perhaps, failed, asksInVain, origin } = scrape;
  if (by.length > 0) return { findings: twice(scrape), open: [] };
  if (failed[0] !== undefined && perhaps.length === 0)
    return { findings: failed.map((attempt) => unreached(workload, attempt)), open: [] };
  const [maybe] = perhaps;
  if (maybe !== undefined) return open(`${workload}: ${maybe.by} means it, and ${maybe.why}`, maybe.origin);
  if (asksInVain)
    return open(`${workload} asks to be scraped by annotation, and what heeds it is not in the repository`, origin);
  const unseen = hidden.find((each) => each.endsWith(IN_CLUSTER));
  if (unseen !== undefined) return open(`whether ${workload} is scraped cannot be told: ${unseen}`, origin);
  if (hidden[0] !== undefined && (provisional || hidden.some((each) => each.startsWith('no Prometheus'))))
    return open(`nothing of the repository scrapes ${workload}: ${hidden[0]}`, origin);
  return { findings: [unscraped(workload, hidden, origin)], open: [] };
}

function open(because: string, origin: Origin): Judged {
  return { findings: [], open: [{ because, origin }] };
}

function unreached(workload: string, { by, why, origin }: WorkloadScrape['failed'][number]): Finding {
  return {
    message: `${by} does not scrape ${workload}: ${why}`,
    severity: 'high',
    origin,
    fromAbsence: true,
    remediation: remedyOf(why),
  };
}

function remedyOf(why: string): string {
  if (why.includes('has no port'))
    return 'Name a port that the Service, or for a PodMonitor the container, really has.';
  if (/[rR]elabeling (?:keeps|drops) /.test(why))
    return 'Correct the rule, or give what is scraped the labels that it asks for.';
  if (why.includes('Selector')) return 'Give it the labels that the Prometheus selects, or widen that selector.';
  return 'Correct the labels of its selector.';
}

function unscraped(workload: string, hidden: readonly string[], origin: Origin): Finding {
  return {
    message: `nothing scrapes ${workload}${hidden[0] === undefined ? '' : `, as far as is seen: ${hidden[0]}`}`,
    severity: 'high',
    origin,
    fromAbsence: true,
    remediation:
      'Add a ServiceMonitor or PodMonitor for its metrics port, or say in the param unscraped why it has none.',
  };
}

function twice({ workload, twice: ports }: WorkloadScrape): Finding[] {
  return ports.map(({ by, port, origin }) => ({
    message: `${by.join(' and ')} both scrape port ${port} of ${workload}: every sample is there twice, and sums are doubled`,
    severity: 'medium',
    origin,
    remediation: 'Narrow the selectors until each port is scraped by one monitor.',
  }));
}
