/** From the end of a replica to its page, to the escalation and to the resolve. */
import { CannotTell, type Step, type StepContext } from '../../model/drill/drill.ts';
import type { LoadedRule } from '../../model/drill/metrics.ts';
import type { Page } from '../../model/drill/pager.ts';
import {
  ESCALATION,
  INTERVAL,
  known,
  timed,
  type Chosen,
  type Needs,
  type Params,
  type Run,
  type Situation,
} from './drill-run.ts';
import { isPaging, tellsOfSilence, type Delivery } from './query.ts';

export function pageSteps({ input, params, faster }: Situation, run: Run): Step<Needs>[] {
  return [
    {
      name: 'hurry the rules, the routes and the pager',
      kind: 'act',
      timeoutMs: 30_000,
      async run(context) {
        const { metrics, pager } = context.target;
        const { deadManSeconds } = await pager.settings();
        await metrics.hurry({ faster, intervalSeconds: INTERVAL });
        const chosen = await choose(context, input, params);
        await pager.hurry({ escalation: Math.max(1, chosen.escalation / ESCALATION), deadMan: 1 });
        context.say(`${chosen.rule.name} is to page ${chosen.receivers.join(', ')} when ${chosen.part} is gone`);
        Object.assign(run, { chosen, deadManSeconds });
      },
    },
    {
      name: 'end a replica',
      kind: 'fault',
      timeoutMs: 10_000,
      async run({ target: { pager, parts } }) {
        run.faultAt = pager.now();
        await parts.kill(known(run).part);
      },
    },
    {
      name: 'wait for the page',
      kind: 'measure',
      timeoutMs: 120_000,
      async run(context) {
        const chosen = known(run);
        run.paged = await timed(context, {
          name: 'fault to page',
          from: run.faultAt,
          predicted: chosen.page,
          allowance: params.allowance,
          wanted: (page) => isPage(page, chosen) && isWritten(page, chosen),
          came: ({ receiver }) => `${chosen.rule.name} paged ${receiver}, ${faster} times as fast as written`,
          lacked: () => whyNoPage(context, chosen, run.faultAt),
        });
      },
    },
    {
      name: 'let nobody acknowledge it, and wait for the next level',
      kind: 'measure',
      timeoutMs: 60_000,
      async run(context) {
        const { paged } = run;
        if (paged === undefined) return;
        const chosen = known(run);
        await timed(context, {
          name: 'page to escalation',
          from: paged.at,
          predicted: ESCALATION,
          allowance: params.allowance,
          wanted: (page) => page.kind === 'escalation' && isSame(page, paged),
          came: ({ level }) => `level ${level}, after ${chosen.escalation} s as the pager is set`,
          lacked: () => Promise.resolve('nobody acknowledged the page, and nobody else was told'),
        });
        await context.target.pager.acknowledge(paged.id, 'the drill');
      },
    },
    {
      name: 'start the replica and wait for the resolve',
      kind: 'measure',
      timeoutMs: 180_000,
      async run(context) {
        const { chosen, paged } = { chosen: known(run), paged: run.paged };
        const { parts, pager } = context.target;
        const startedAt = pager.now();
        await parts.start(chosen.part);
        if (paged === undefined) return;
        const isItsEnd = (page: Page): boolean =>
          page.kind === 'page' && page.status === 'resolved' && isSame(page, paged);
        await timed(context, {
          name: 'end to resolve',
          from: pager.now(),
          // It answers from some moment of its start on. What says before that it is over speaks of something else.
          since: startedAt,
          predicted: chosen.resolve,
          allowance: params.allowance,
          wanted: isItsEnd,
          came: ({ receiver }) => `resolved at ${receiver}`,
          async lacked() {
            const early = (await pager.since(run.faultAt)).some((page) => page.at < startedAt && isItsEnd(page));
            return early
              ? `${chosen.rule.name} was resolved while ${chosen.part} was still gone`
              : 'the replica is back, and the page was never resolved';
          },
        });
      },
    },
  ];
}

/** Of the alerts for a process that does not answer, those that page, or the one that is asked for. */
export function mayBeChosen(
  { name, labels }: Pick<LoadedRule, 'name' | 'labels'>,
  input: Delivery,
  { alert, severityLabel }: Params,
): boolean {
  return alert === '' ? isPaging(labels, input, severityLabel) : name === alert;
}

/** The rule, the victim and the formula: `for + scrape + evaluation + group_wait`, each at the drill's speed. The fault is whole at once, so no window has to fill. */
async function choose(context: StepContext<Needs>, input: Delivery, params: Params): Promise<Chosen> {
  const { metrics, parts, pager } = context.target;
  const rules = (await metrics.rules()).filter(({ kind, expr }) => kind === 'alert' && tellsOfSilence(expr));
  const rule = rules.find((one) => mayBeChosen(one, input, params));
  if (rule === undefined)
    throw new CannotTell(
      params.alert === ''
        ? `none of ${rules.map(({ name }) => name).join(', ') || 'the alerts'} pages for a process that does not answer; name an alert in the param alert`
        : `${params.alert} is no alert that fires for a process that does not answer`,
    );
  const candidates =
    params.service === ''
      ? input.services.toSorted((a, b) => Number(a.isPublic) - Number(b.isPublic))
      : [{ name: params.service }];
  const [part] = candidates.flatMap(({ name }) => parts.replicas(name));
  if (part === undefined) throw new CannotTell('the target runs no replica of a service that could be ended');
  const taken = await metrics.routes({ ...rule.labels, alertname: rule.name });
  const { escalation } = await pager.settings();
  const receivers = taken.map(({ receiver }) => receiver);
  const written = input.alerts.find(({ name }) => name === rule.name)?.receivers ?? [];
  const [first = 0] = receivers.flatMap((one) => escalation[one] ?? escalation[''] ?? []);
  const looks = INTERVAL + INTERVAL;
  return {
    rule,
    part,
    receivers,
    written: written.map(({ name }) => name),
    page: rule.holdSeconds + looks + Math.min(...taken.map(({ groupWait }) => groupWait)),
    resolve: looks + Math.max(...taken.map(({ groupInterval }) => groupInterval)),
    escalation: first,
  };
}

function isPage({ kind, status, alert }: Page, { rule }: Chosen): boolean {
  return kind === 'page' && status === 'firing' && alert === rule.name;
}

/** Somebody else than the manifests name may sleep on: it is not his. */
function isWritten({ receiver }: Page, { written }: Chosen): boolean {
  return written.length === 0 || written.includes(receiver);
}

/** The same alert, and not one of the same name for another process. */
function isSame(page: Page, other: Page): boolean {
  const names = Object.keys({ ...page.labels, ...other.labels });
  return (
    page.alert === other.alert &&
    page.receiver === other.receiver &&
    names.every((name) => page.labels[name] === other.labels[name])
  );
}

function namesOf(pages: readonly Page[]): string {
  return [...new Set(pages.map(({ receiver }) => receiver))].join(', ');
}

/** How far it got: which link of the chain is broken. */
async function whyNoPage(
  { target: { metrics, pager } }: StepContext<Needs>,
  chosen: Chosen,
  faultAt: number,
): Promise<string> {
  const { rule, receivers, written, part } = chosen;
  const elsewhere = (await pager.since(faultAt)).filter((page) => isPage(page, chosen) && !isWritten(page, chosen));
  if (elsewhere.length > 0)
    return `${rule.name} paged ${namesOf(elsewhere)}, and by the manifests it is to page ${written.join(', ')}`;
  const found = (await metrics.alerts()).find(({ name }) => name === rule.name);
  if (found === undefined) return `${rule.name} never fired while ${part} was gone`;
  const noticed = `its expression was true from ${((Date.parse(found.activeAt) - faultAt) / 1000).toFixed(1)} s after the fault`;
  if (found.state === 'pending') return `${rule.name} is pending still, its for has not passed: ${noticed}`;
  const arrived = (await metrics.routed()).filter(({ name }) => name === rule.name);
  if (arrived.length === 0) return `${rule.name} fires in Prometheus and never reached Alertmanager: ${noticed}`;
  if (arrived.every(({ silenced }) => silenced)) return `${rule.name} fires and is silenced in Alertmanager`;
  const inhibitors = [...new Set(arrived.flatMap(({ inhibitedBy }) => inhibitedBy))];
  if (inhibitors.length > 0) return `${rule.name} fires and is inhibited by ${inhibitors.join(', ')}`;
  const told = (await pager.since(0)).some(({ alert, kind }) => alert === rule.name && kind === 'message');
  const how = told ? ', which left a message and woke nobody' : ', which told nobody';
  return `${rule.name} fires and goes to ${receivers.join(', ') || 'no receiver'}${how}`;
}
