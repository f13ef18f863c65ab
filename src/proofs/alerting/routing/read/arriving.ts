import { Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { Origin } from '../../../../model/origin.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { AlertRule } from '../../rules.ts';
import { ANYTHING, is, labelOf, type AlertLabels, type LabelValue } from '../labels.ts';
import { relabel, type Relabel, type Relabelled } from '../relabel.ts';
import { filesOf, parseEmbedded } from './embedded.ts';
import { text } from '../../shapes/refused.ts';
import { readRelabel } from './relabels.ts';

/** What the Prometheus that evaluates rules does to its alerts on their way to Alertmanager. */
export interface Sender {
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly relabels: readonly Relabel[];
  /** Label that the operator sets to the namespace of each rule. */
  readonly enforcedNamespaceLabel?: string;
  /** Relabelling that cannot be seen from here. */
  readonly unseen?: string;
  /** It knows no Alertmanager: where it says so, or does not say otherwise. */
  readonly sendsNowhere?: { readonly name: string; readonly origin: Origin };
}

/** Every Prometheus of the platform: objects of the operator, else configuration in ConfigMaps, else plain files. */
export function senders(view: PlatformView): Sender[] {
  const managed = view.objects('Prometheus').map((object) => managedSender(view, object));
  if (managed.length > 0) return managed;
  const mounted = view.objects('ConfigMap').flatMap((object) =>
    filesOf(object)
      .filter(({ key }) => /^prometheus\.ya?ml$/.test(key))
      .flatMap((file) => {
        const parsed = parseEmbedded(file);
        return 'data' in parsed ? [plainSender(new Cursor(parsed.data, file.origin), `ConfigMap ${object.name}`)] : [];
      }),
  );
  if (mounted.length > 0) return mounted;
  return view.data('prometheus-config').map(({ data, origin, path }) => plainSender(new Cursor(data, origin), path));
}

function plainSender(root: Cursor, name: string): Sender {
  const alerting = root.get('alerting');
  const each = alerting
    .get('alertmanagers')
    .items()
    .map((at) => at.get('alert_relabel_configs').items());
  const [only = [], second] = each;
  return {
    externalLabels: stringsOf(root.get('global', 'external_labels')),
    relabels: [...alerting.get('alert_relabel_configs').items(), ...(second === undefined ? only : [])].map(
      readRelabel,
    ),
    ...(each.length === 0 && !leavesRules(root) && { sendsNowhere: { name, origin: root.origin } }),
  };
}

/** What reads no rules and writes to another store leaves them to that store. */
function leavesRules(root: Cursor): boolean {
  return !root.get('rule_files').exists && root.get('remote_write').items().length > 0;
}

/** Sets `prometheus` to `namespace/name`, and drops the label that tells replicas apart before alerts leave. */
function managedSender(view: PlatformView, object: KubeObject): Sender {
  const spec = cursor(object).get('spec');
  const label = spec.get('prometheusExternalLabelName').string() ?? 'prometheus';
  const enforced = spec.get('enforcedNamespaceLabel').string();
  const secret = spec.get('additionalAlertRelabelConfigs', 'name').string();
  const key = spec.get('additionalAlertRelabelConfigs', 'key').string();
  const relabels = secret === undefined ? [] : relabelsIn(view, object, secret, key);
  const told =
    spec.get('alerting', 'alertmanagers').items().length > 0 || spec.get('additionalAlertManagerConfigs').exists;
  const name = `Prometheus ${object.namespace ?? 'default'}/${object.name}`;
  return {
    externalLabels: {
      ...(label !== '' && { [label]: `${object.namespace ?? 'default'}/${object.name}` }),
      ...stringsOf(spec.get('externalLabels')),
    },
    relabels: relabels ?? [],
    ...(enforced !== undefined && { enforcedNamespaceLabel: enforced }),
    ...(!told && { sendsNowhere: { name, origin: object.origin } }),
    ...(relabels === undefined && {
      unseen: `alerts are relabelled by Secret ${secret ?? ''}, which is not in the manifests`,
    }),
  };
}

function relabelsIn(view: PlatformView, { namespace }: KubeObject, name: string, key = ''): Relabel[] | undefined {
  const secret = view.objects('Secret', namespace).find((object) => object.name === name);
  const file = secret === undefined ? undefined : filesOf(secret).find((one) => one.key === key);
  const parsed = file === undefined ? undefined : parseEmbedded(file);
  if (file === undefined || parsed === undefined || 'problem' in parsed) return undefined;
  return new Cursor(parsed.data, file.origin).items().map(readRelabel);
}

function stringsOf(at: Cursor): Record<string, string> {
  return Object.fromEntries(at.entries().map(([key, value]) => [key, text(value) ?? '']));
}

/**
 * The labels an alert arrives with: those its expression yields, over them the rule's own and its name, then the external labels it
 * lacks, then relabelling. Source: Prometheus `rules/alerting.go` `Eval`, `notifier/manager.go` `Send`.
 */
export function arrivingLabels(
  { name, labels, namespace }: Pick<AlertRule, 'name' | 'labels' | 'namespace'>,
  yielded: AlertLabels,
  from: readonly Sender[],
): Relabelled {
  const own: [string, LabelValue][] = Object.entries(labels).map(([key, value]) => [key, written(value)]);
  const fired: AlertLabels = {
    others: yielded.others,
    known: { ...yielded.known, __name__: is(''), ...Object.fromEntries(own), alertname: is(name) },
  };
  // Without a Prometheus in sight, its external labels may be anything.
  if (from.length === 0) return { labels: { ...fired, others: 'anything' }, dropped: 'no' };
  const arrivals = from.map((sender) => sent(fired, sender, namespace));
  return arrivals.reduce(merge);
}

/** A template may come out as anything, and as nothing. */
function written(value: string): LabelValue {
  return value.includes('{{') ? ANYTHING : is(value);
}

function sent(
  fired: AlertLabels,
  { externalLabels, relabels, enforcedNamespaceLabel }: Sender,
  namespace?: string,
): Relabelled {
  const known = { ...fired.known };
  if (enforcedNamespaceLabel !== undefined && namespace !== undefined) known[enforcedNamespaceLabel] = is(namespace);
  for (const [name, value] of Object.entries(externalLabels)) {
    const before = labelOf({ ...fired, known }, name);
    if (before.kind === 'any') known[name] = before.mayBeMissing ? { kind: 'any', mayBeMissing: value === '' } : before;
    else if (before.value === '') known[name] = is(value);
  }
  return relabel({ ...fired, known }, relabels);
}

/** What is the same whichever of two Prometheus sends it. */
function merge(one: Relabelled, other: Relabelled): Relabelled {
  const names = new Set([...Object.keys(one.labels.known), ...Object.keys(other.labels.known)]);
  const known = [...names].map((name): [string, LabelValue] => {
    const [a, b] = [labelOf(one.labels, name), labelOf(other.labels, name)];
    return [name, a.kind === 'is' && b.kind === 'is' && a.value === b.value ? a : ANYTHING];
  });
  const others = one.labels.others === 'missing' && other.labels.others === 'missing' ? 'missing' : 'anything';
  return {
    labels: { known: Object.fromEntries(known), others },
    dropped: one.dropped === other.dropped ? one.dropped : 'perhaps',
  };
}
