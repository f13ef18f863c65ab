import { cursor, podSpec } from '../../model/kube.ts';
import { workloadName } from '../../model/kube.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { NginxController } from '../../proofs/edge/controllers.ts';
import { takesSnippets } from '../../proofs/edge/snippets.ts';

/** ModSecurity with the Core Rule Set, as an ingress-nginx controller or an Ingress switches it on. */
export interface ModSecurity {
  readonly where: string;
  readonly enabled: boolean;
  /** It rests on a snippet that the controller may leave out. */
  readonly unsure?: true;
  readonly coreRules: boolean;
  /** `On` blocks, `DetectionOnly` watches; ingress-nginx watches unless a snippet says otherwise. */
  readonly engine: 'On' | 'DetectionOnly' | 'Off';
  readonly paranoia: number;
  /** Percentage of requests that the rules see. */
  readonly sampling: number;
  /** Paths that rules or exceptions name. */
  readonly excepted: readonly string[];
  readonly origin: Origin;
}

/** CRS 4 calls it blocking_paranoia_level, CRS 3 paranoia_level. */
const PARANOIA = /setvar:'?tx\.(?:blocking_|executing_)?paranoia_level=(\d)/;
const SAMPLING = /setvar:'?tx\.sampling_percentage=(\d{1,3})/;

/** What holds for an Ingress: its annotations over the ConfigMap, with the exception files the controller mounts. */
export function modSecurity(
  view: PlatformView,
  controller: NginxController | undefined,
  annotations: Readonly<Record<string, string>>,
  source: string,
  origin: Origin,
): ModSecurity {
  const own = (name: string): string | undefined => annotations[`nginx.ingress.kubernetes.io/${name}`];
  const settings = controller?.settings ?? {};
  const taken = takesSnippets(controller);
  const ownSnippet = taken === 'no' ? undefined : own('modsecurity-snippet');
  const snippet = ownSnippet ?? settings['modsecurity-snippet'] ?? '';
  const text = [snippet, ...mountedRules(view, controller)].join('\n');
  // The last one holds.
  const engine =
    [...snippet.matchAll(/^[ \t]*SecRuleEngine\s+(On|DetectionOnly|Off)/gim)].at(-1)?.[1] ?? 'DetectionOnly';
  const isOwn = own('enable-modsecurity') !== undefined || ownSnippet !== undefined;
  return {
    ...(taken === 'unknown' && ownSnippet !== undefined && { unsure: true }),
    where: isOwn ? source : `ConfigMap ${controller?.configMap ?? ''}`,
    enabled: (own('enable-modsecurity') ?? settings['enable-modsecurity']) === 'true',
    coreRules:
      (own('enable-owasp-core-rules') ?? settings['enable-owasp-modsecurity-crs']) === 'true' ||
      /owasp-modsecurity-crs|crs-setup/.test(snippet),
    engine: engine.toLowerCase() === 'on' ? 'On' : engine.toLowerCase() === 'off' ? 'Off' : 'DetectionOnly',
    paranoia: Number(PARANOIA.exec(text)?.[1] ?? 1),
    sampling: Number(SAMPLING.exec(text)?.[1] ?? 100),
    excepted: exceptedPaths(text),
    origin:
      isOwn || controller === undefined
        ? origin
        : 'modsecurity-snippet' in settings
          ? below(controller.origin, 'modsecurity-snippet')
          : controller.origin,
  };
}

/** Rule files that the controller mounts from ConfigMaps of its namespace. */
function mountedRules(view: PlatformView, controller: NginxController | undefined): string[] {
  const workload = view.workloads().find((candidate) => workloadName(candidate) === controller?.workload);
  if (workload === undefined) return [];
  const names = podSpec(workload)
    .get('volumes')
    .items()
    .flatMap((volume) => volume.get('configMap', 'name').string() ?? []);
  return view
    .objects('ConfigMap', workload.namespace)
    .filter(({ name }) => names.includes(name))
    .flatMap((object) => Object.values(cursor(object).get('data').stringMap()))
    .filter((content) => /^[ \t]*Sec(?:Rule|Action)/m.test(content));
}

/** The operators of rules that switch the engine or rules off by path. */
function exceptedPaths(text: string): string[] {
  return [
    ...text.matchAll(/^[ \t]*SecRule\s+REQUEST_(?:URI|FILENAME)\S*\s+"([^"]+)"\s+"[^"]*ctl:rule(?:Engine|Remove)/gm),
  ].map(([, operator = '']) => operator);
}
