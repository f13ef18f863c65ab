/** Alerting itself dies, and somebody must be told by the absence of its beats. */
import { CannotTell, type Step } from '../../model/drill/drill.ts';
import type { Page } from '../../model/drill/pager.ts';
import { until } from '../../model/drill/until.ts';
import { DEAD_MAN, timed, type Needs, type Run, type Situation } from './drill-run.ts';

export function deadManSteps({ params }: Situation, run: Run): Step<Needs>[] {
  let stoppedAt = 0;
  return [
    {
      name: "wait for a beat at the new speed, and hurry the dead man's switch",
      kind: 'act',
      timeoutMs: 60_000,
      async run({ target: { pager }, signal }) {
        const from = pager.now();
        const beats = async (): Promise<true | undefined> =>
          (await pager.beats()).some(({ at }) => at > from) ? true : undefined;
        if ((await until(beats, { signal, forMs: 50_000 })) === undefined)
          throw new CannotTell('no beat comes any more');
        await pager.hurry({ escalation: 1, deadMan: Math.max(1, run.deadManSeconds / DEAD_MAN) });
      },
    },
    {
      name: 'stop Alertmanager',
      kind: 'fault',
      timeoutMs: 10_000,
      async run({ target: { metrics, parts, pager } }) {
        stoppedAt = pager.now();
        for (const part of metrics.servers.alertmanager) await parts.freeze(part);
      },
    },
    {
      name: 'wait for the dead man to page',
      kind: 'measure',
      timeoutMs: 60_000,
      async run(context) {
        await timed(context, {
          name: 'silence to page of the dead man',
          from: stoppedAt,
          predicted: DEAD_MAN,
          allowance: params.allowance,
          wanted: isSwitch('firing'),
          came: () => `after ${run.deadManSeconds} s as the switch is set`,
          lacked: () => Promise.resolve('Alertmanager was stopped, and nobody noticed'),
        });
      },
    },
    {
      name: 'let Alertmanager go on, and wait until the switch has seen it',
      kind: 'measure',
      timeoutMs: 90_000,
      async run(context) {
        const { metrics, parts, pager } = context.target;
        const from = pager.now();
        for (const part of metrics.servers.alertmanager) await parts.thaw(part);
        await timed(context, {
          name: 'return to resolve of the dead man',
          from,
          predicted: DEAD_MAN,
          allowance: params.allowance,
          wanted: isSwitch('resolved'),
          came: () => 'beats come again',
          lacked: () => Promise.resolve('Alertmanager goes on, and no beat came'),
        });
      },
    },
  ];
}

function isSwitch(status: Page['status']): (page: Page) => boolean {
  return (page) => page.kind === 'dead-man' && page.status === status;
}
