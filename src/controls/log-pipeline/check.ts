import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, pass, type Finding, type Result } from '../../model/result.ts';
import type { LogPipeline } from './query.ts';

export interface Params {
  readonly managed: string;
}

export function check(
  _subject: Subject,
  { collectors, operated, retention, provisional }: LogPipeline,
  { managed }: Params,
): Result {
  if (collectors.length === 0 && managed !== '') return kept(`${managed} collects the lines`, retention);
  if (collectors.length === 0 && operated[0] !== undefined)
    return inconclusive(`an operator makes the agents of ${operated[0]}, and how they collect is not read`);
  if (collectors.length === 0)
    return provisional
      ? inconclusive('the repository shows no collector of logs; the cluster may have one')
      : failOr([noCollector()], '');
  const opaque = collectors.find(({ configured }) => !configured);
  const mute = collectors.filter(({ configured, sinks }) => configured && sinks.length === 0);
  const working = collectors.filter(({ sinks }) => sinks.length > 0);
  if (working.length === 0 && opaque !== undefined)
    return inconclusive(`the configuration of ${opaque.name} is not in the repository`, opaque.origin);
  if (working.length === 0)
    return failOr(
      mute.map(({ name, origin }) => ({
        message: `nothing takes the lines of the node through ${name} to where they are kept`,
        severity: 'high',
        origin,
        fromAbsence: true,
        remediation:
          'Let what reads the files lead to an output that keeps the lines outside of the node: by a pipeline, by inputs, by a Match that fits their tags, and past no filter or stage that drops every line.',
      })),
      '',
    );
  return kept(working.map(({ name, sinks }) => `${name} sends lines to ${sinks.join(', ')}`).join('; '), retention);
}

function kept(how: string, retention: readonly string[]): Result {
  if (retention.length === 0) return inconclusive(`${how}; how long they are kept is not in the repository`);
  return pass(`${how}, kept: ${retention.join(', ')}`, { retention: retention.join(', ') });
}

function noCollector(): Finding {
  return {
    message: 'nothing collects the logs of the containers',
    severity: 'high',
    fromAbsence: true,
    remediation: 'Run a collector on every node, or name what the cluster itself does in the param managed.',
  };
}
