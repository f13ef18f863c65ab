/**
 * The journal in the form that people who come from Chaos Toolkit read: https://chaostoolkit.org/reference/api/journal/. One run is one
 * journal; several are a list of them. Values in seconds.
 */
import type { DrillReport } from '../../model/drill/report.ts';
import type { FaultRecord, ProbeAnswer, ProbeRecord, RunRecord, StepRecord } from '../../model/drill/record.ts';

/** JSON of the journal of a single run, or of a list. */
export function renderDrillJournal(report: DrillReport): string {
  const journals = report.drills.flatMap(({ runs }) => runs.map(journalOf));
  return `${JSON.stringify(journals.length === 1 ? journals[0] : journals, undefined, 2)}\n`;
}

export function journalOf(run: RunRecord) {
  const before = steadyState(run, ({ before: answer }) => answer);
  const after = steadyState(run, ({ after: answer }) => answer);
  return {
    'chaoslib-version': 'launchgate/v1',
    platform: run.target.identity,
    node: run.target.environment,
    experiment: experimentOf(run),
    start: run.startedAt,
    status: statusOf(run),
    deviated: after.probes.length > 0 && !after.steady_state_met,
    steady_states: {
      before,
      after,
      during: run.hypothesis.flatMap((probe) => probe.samples.map((answer) => probeRun(run, probe, answer))),
    },
    run: run.steps.filter(({ startedMs }) => startedMs !== undefined).map((step) => stepRun(run, step)),
    rollbacks: run.faults.map((fault) => rollbackRun(run, fault)),
    end: run.finishedAt,
    duration: run.durationMs / 1000,
    launchgate: { outcome: run.outcome, because: run.because ?? null, observations: run.observations },
  };
}

function experimentOf(run: RunRecord) {
  return {
    version: '1.0.0',
    title: run.name,
    description: `${run.summary} ${run.blastRadius}`,
    tags: [run.control, ...run.subjects],
    configuration: run.parameters,
    'steady-state-hypothesis': {
      title: 'the steady state',
      probes: run.hypothesis.map((probe) => probeActivity(run, probe)),
    },
    method: run.steps.map((step) => stepActivity(run, step)),
    rollbacks: run.faults.map(({ undo }) => ({ type: 'action', name: undo, provider: providerOf(run) })),
  };
}

/** `completed` says that it ran to its end, whatever it found; `failed` that the steady state did not hold before. */
function statusOf(run: RunRecord): 'completed' | 'failed' | 'aborted' | 'interrupted' {
  if (run.halted?.name === 'interrupted') return 'interrupted';
  if (run.hypothesis.some(({ before }) => before?.met === false)) return 'failed';
  return run.steps.every(({ outcome }) => outcome === 'done' || outcome === 'failed') ? 'completed' : 'aborted';
}

function steadyState(run: RunRecord, pick: (probe: ProbeRecord) => ProbeAnswer | undefined) {
  const probes = run.hypothesis.flatMap((probe) => {
    const answer = pick(probe);
    return answer === undefined ? [] : [probeRun(run, probe, answer)];
  });
  return { steady_state_met: probes.length > 0 && probes.every((probe) => probe.tolerance_met), probes };
}

function probeRun(run: RunRecord, probe: ProbeRecord, { atMs, value, error, met }: ProbeAnswer) {
  return {
    activity: probeActivity(run, probe),
    start: at(run, atMs),
    end: at(run, atMs),
    duration: 0,
    status: error === undefined ? 'succeeded' : 'failed',
    output: value ?? null,
    ...(error === undefined ? {} : { exception: [error] }),
    tolerance_met: met,
  };
}

function stepRun(run: RunRecord, step: StepRecord) {
  const { startedMs = 0, endedMs = startedMs, outcome, error } = step;
  return {
    activity: stepActivity(run, step),
    start: at(run, startedMs),
    end: at(run, endedMs),
    duration: (endedMs - startedMs) / 1000,
    status: outcome === 'done' ? 'succeeded' : outcome === 'stopped' ? 'aborted' : 'failed',
    output: null,
    ...(error === undefined ? {} : { exception: [error] }),
  };
}

function rollbackRun(run: RunRecord, { undo, undoneMs, error }: FaultRecord) {
  return {
    activity: { type: 'action', name: undo, provider: providerOf(run) },
    ...(undoneMs === undefined ? {} : { end: at(run, undoneMs) }),
    status: undoneMs === undefined || error !== undefined ? 'failed' : 'succeeded',
    output: null,
    ...(error === undefined ? {} : { exception: [error] }),
  };
}

function probeActivity(run: RunRecord, { name, tolerance: { atLeast, atMost } }: ProbeRecord) {
  const tolerance = { type: 'range', range: [atLeast ?? null, atMost ?? null] };
  return { type: 'probe', name, tolerance, provider: providerOf(run) };
}

function stepActivity(run: RunRecord, { name, kind }: StepRecord) {
  return { type: kind === 'measure' ? 'probe' : 'action', name, provider: providerOf(run) };
}

function providerOf({ control }: RunRecord) {
  return { type: 'launchgate', drill: control };
}

function at({ startedAt }: RunRecord, milliseconds: number): string {
  return new Date(Date.parse(startedAt) + milliseconds).toISOString();
}
