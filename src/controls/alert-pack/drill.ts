/** Every alert of the platform is fired once, on series that are made for it, from Prometheus over Alertmanager to whoever is told; and resolved. */
import { defineDrill } from '../../model/drill/drill.ts';
import type { Params } from './check.ts';
import { fire, fireAgain } from './drill-fire.ts';
import { prepare, silentBefore } from './drill-prepare.ts';
import { known, NEEDS, parameters, type Needs, type Parameters, type Run } from './drill-run.ts';
import type { Pack } from './query.ts';

export const drill = defineDrill<Pack, Params, Parameters, Needs>({
  summary:
    "Fires every alert once, on series of the drill's own, in a Prometheus and an Alertmanager beside the target's that have its rules and its routes, and waits for each to be paged and resolved.",
  blastRadius:
    'None for the platform: its own Prometheus and Alertmanager are only read. Its pager gets a page for every alert, marked as of a drill, and acknowledged at the end.',
  needs: NEEDS,
  parameters,
  plan({ subjects, parameters: chosen }) {
    const [subject] = subjects;
    if (subject === undefined) return { runs: [] };
    const { input, params } = subject;
    const pages = input.severities.filter(({ page }) => page).map(({ name }) => name.toLowerCase());
    const run: Run = { rules: [], missed: [] };
    const situation = { ...chosen, params, pages, written: input.receivers };
    return {
      runs: [
        {
          name: 'every alert, once',
          subjects: subjects.map(({ id }) => id),
          hypothesis: [
            {
              name: 'rules that cannot be evaluated',
              unit: 'rules',
              timeoutMs: 20_000,
              tolerance: { atMost: 0 },
              measure: async ({ target }) =>
                (await target.metrics.rules()).filter(({ error }) => error !== undefined).length,
            },
          ],
          method: [
            {
              name: 'make a world in which every alert is silent, and start a monitoring of its own on it',
              kind: 'act',
              timeoutMs: 120_000,
              run: (context) => prepare(context, run, situation),
            },
            {
              name: 'see that nothing fires in it',
              kind: 'measure',
              timeoutMs: 60_000,
              run: (context) => silentBefore(context, run),
            },
            {
              name: 'fire the alerts, one wave after the other',
              kind: 'measure',
              timeoutMs: 600_000,
              async run(context) {
                for (const wave of known(run).waves.waves) await fire(context, run, wave, situation);
              },
            },
            {
              name: 'fire once more, and alone, what another alert kept quiet',
              kind: 'measure',
              timeoutMs: 300_000,
              run: (context) => fireAgain(context, run, situation),
            },
          ],
        },
      ],
    };
  },
});
