import type { Query, Subject } from '../../model/control.ts';
import type { KubeObject } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Spec } from '../../model/spec.ts';
import { rulesOfAll, unreadAlerts, type UnreadAlert } from '../../proofs/alerting/all-rules.ts';
import { rulesHome, type RulesHome } from '../../proofs/alerting/home.ts';
import type { RuleText } from '../../proofs/alerting/rules.ts';
import { bookOf, expectedOf, rulesAbout } from '../../proofs/alerting/slo/judge/index.ts';
import { declaredSlos, type SloSource } from '../../proofs/alerting/slo/read/sources.ts';
import { rulesTexts } from '../../proofs/alerting/slo/read/in-cluster.ts';
import { declaredElsewhere, otherSlos } from '../../proofs/alerting/slo/read/others.ts';
import { fromPyrra } from '../../proofs/alerting/slo/read/pyrra.ts';
import { pyrraRules } from '../../proofs/alerting/slo/read/pyrra-rules.ts';
import { slothRules } from '../../proofs/alerting/slo/read/sloth-rules.ts';
import type { Refusal, Slo } from '../../proofs/alerting/slo/types.ts';

export interface BurnRules {
  readonly source: SloSource;
  readonly slo: Slo | Refusal;
  /** Of a latency SLO of the spec: the threshold in words, to be compared with the bucket that is counted. */
  readonly threshold?: string;
  readonly rules: readonly RuleText[];
  /** An object that makes rules of this SLO in the cluster, of a kind that cannot be followed here. */
  readonly madeBy?: string;
  /** Alerts that speak of its metrics and that PromQL cannot say. */
  readonly unread?: readonly Pick<UnreadAlert, 'name' | 'holder' | 'because'>[];
  readonly severities: readonly { readonly name: string; readonly page: boolean }[];
  readonly runbooks: Spec['runbooks'];
  readonly home: RulesHome;
}

/** Those that are kept elsewhere count for themselves where there are no others. */
const declared = oncePerPlatform((view: PlatformView) => {
  const all = declaredSlos(view);
  return all.length > 0 ? all : otherSlos(view).map(declaredElsewhere);
});
const book = oncePerPlatform((view: PlatformView) => bookOf(rulesOfAll(view)));

export function slos(view: PlatformView): Subject[] {
  return declared(view).map(({ name }) => ({ kind: 'slo', name }));
}

export function burnRules(subject: Subject): Query<BurnRules> {
  return (view) => {
    const found = declared(view).find(({ name }) => name === subject.name);
    const slo: Slo | Refusal = found?.slo ?? { slo: subject.name, because: 'it is not declared' };
    const own = view.spec.slos.find(({ name }) => name === subject.name);
    const rules = 'because' in slo ? [] : rulesAbout(book(view), slo);
    const pyrra = view.objects('ServiceLevelObjective.pyrra.dev').find(({ name }) => name === subject.name);
    const inCluster = 'because' in slo || rules.length > 0 ? [] : madeInCluster(slo, found?.source, pyrra);
    const unread = 'because' in slo ? [] : unreadAbout(view, slo);
    return {
      source: found?.source ?? 'spec',
      slo,
      ...(own?.kind === 'latency' && own.threshold !== undefined ? { threshold: own.threshold } : {}),
      rules: [...rules, ...inCluster],
      ...(pyrra === undefined ? {} : { madeBy: `ServiceLevelObjective ${pyrra.name} of Pyrra` }),
      ...(unread.length > 0 && { unread }),
      severities: view.spec.severities.map(({ name, page }) => ({ name, page })),
      runbooks: view.spec.runbooks,
      home: rulesHome(view),
    };
  };
}

/** What a controller makes of an object that no rule of the repository is about. */
function madeInCluster(slo: Slo, source: SloSource | undefined, pyrra: KubeObject | undefined): RuleText[] {
  if (source === 'sloth-crd') return slothRules(slo);
  const read = pyrra === undefined ? undefined : fromPyrra(pyrra);
  if (pyrra === undefined || read === undefined || 'because' in read) return [];
  const made = pyrraRules(pyrra, read);
  return 'because' in made ? [] : rulesTexts(made);
}

function unreadAbout(view: PlatformView, slo: Slo): NonNullable<BurnRules['unread']> {
  const expected = expectedOf(slo.sli);
  const words = [slo.name, ...('reason' in expected ? [] : expected.metrics)];
  const services = view.spec.slos.filter(({ name }) => name === slo.name).map(({ service }) => service);
  return [
    ...unreadAlerts(view).filter(
      (alert) => alert.anything === true || words.some((word) => alert.words.includes(word)),
    ),
    ...otherSlos(view).filter((other) => [...words, ...services].some((word) => isNamedIn(other.words, word))),
  ].map(({ name, holder, because }) => ({ name, holder, because }));
}

/** As words of their own: the service `api` is not in `capital`, nor in `api-gateway`. */
function isNamedIn(text: string, words: string): boolean {
  const spaced = (written: string): string => ` ${written.replaceAll(/[^\w-]+/g, ' ').trim()} `;
  return spaced(text).includes(spaced(words));
}
