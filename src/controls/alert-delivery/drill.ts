/** A replica is ended, and the clock runs until somebody is paged for it; nobody answers, and the clock runs on; it comes back; alerting itself dies. */
import { defineDrill, type Probe, type Rehearsal } from '../../model/drill/drill.ts';
import { deadManSteps } from './drill-dead-man.ts';
import { mayBeChosen, pageSteps } from './drill-page.ts';
import { NEEDS, parameters, type Needs, type Parameters, type Params, type Run, type Situation } from './drill-run.ts';
import { tellsOfSilence, type Delivery } from './query.ts';

export const drill = defineDrill<Delivery, Params, Parameters, Needs>({
  summary:
    'Ends one replica of a service and waits for the page, for its escalation and for its resolve; then stops Alertmanager and waits for the dead man.',
  blastRadius:
    'One replica is away for some seconds. Until the end of the run the rules of the whole target run faster, so other alerts may fire as well.',
  needs: NEEDS,
  parameters,
  plan: ({ subjects, parameters: chosen }) => ({
    runs: subjects.map(({ id, input, params }) => delivery({ subjects: [id], input, params, faster: chosen.faster })),
  }),
});

function delivery(situation: Situation): Rehearsal<Needs> {
  const { subjects, params } = situation;
  const run: Run = { faultAt: 0, deadManSeconds: 0 };
  return {
    name: 'a page, its escalation and its resolve, and the death of alerting',
    subjects,
    hypothesis: [noneActive(situation), ...(params.deadMan ? [beating] : [])],
    method: [...pageSteps(situation, run), ...(params.deadMan ? deadManSteps(situation, run) : [])],
  };
}

/**
 * One that is pending counts: it would fire as soon as the rules run faster, before anything was done. One that only leaves a ticket does not: nobody
 * waits for its page.
 */
function noneActive({ input, params }: Situation): Probe<Needs> {
  return {
    name: 'alerts active for a process that does not answer',
    unit: 'alerts',
    timeoutMs: 10_000,
    tolerance: { atMost: 0 },
    settleMs: 90_000,
    async measure({ target: { metrics } }) {
      const rules = (await metrics.rules())
        .filter((rule) => tellsOfSilence(rule.expr) && mayBeChosen(rule, input, params))
        .map(({ name }) => name);
      return (await metrics.alerts()).filter(({ name }) => rules.includes(name)).length;
    },
  };
}

const beating: Probe<Needs> = {
  name: "the newest beat's age, of what the dead man's switch allows",
  unit: 'ratio',
  timeoutMs: 5_000,
  tolerance: { atMost: 1 },
  settleMs: 90_000,
  async measure({ target: { pager } }) {
    const newest = Math.max(0, ...(await pager.beats()).map(({ at }) => at));
    return (pager.now() - newest) / 1000 / (await pager.settings()).deadManSeconds;
  },
};
