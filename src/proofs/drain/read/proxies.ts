/** Proxies with a drain of their own: those at the edge, and those that a mesh puts beside an application. */
import { parse } from 'yaml';
import { containers, podMetadata, podSpec, workloadName, type Workload } from '../../../model/kube.ts';
import { isMapping } from '../../../model/cursor.ts';
import { parseDuration } from '../../../model/duration.ts';
import { below } from '../../../model/origin.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { nginxControllers } from '../../edge/controllers.ts';
import { parseTime } from '../../edge/settings.ts';
import type { OwnDrain, Sidecar, Span } from '../types.ts';

/**
 * ingress-nginx waits `--shutdown-grace-period` (0 s), then tells nginx to quit, whose workers end after
 * `worker-shutdown-timeout` (240 s): ingress-nginx internal/ingress/controller/nginx.go `Stop`, and its ConfigMap.
 */
export function ownDrain(view: PlatformView, workload: Workload): OwnDrain | undefined {
  const controller = nginxControllers(view).find((one) => one.workload === workloadName(workload));
  if (controller === undefined) return traefikDrain(workload);
  const flag = flagOf(workload, 'shutdown-grace-period');
  const held = controller.settings['worker-shutdown-timeout'];
  const closing: Span =
    held === undefined
      ? { seconds: 240, from: 'worker-shutdown-timeout, the default' }
      : {
          seconds: parseTime(held) ?? 240,
          from: 'worker-shutdown-timeout',
          origin: below(controller.origin, 'worker-shutdown-timeout'),
        };
  return {
    program: 'ingress-nginx',
    accepting: flag ?? { seconds: 0, from: 'shutdown-grace-period, the default' },
    closing,
  };
}

/** https://doc.traefik.io/traefik/routing/entrypoints/#lifecycle: accepts for 0 s and closes for 10 s where nothing is said. */
function traefikDrain(workload: Workload): OwnDrain | undefined {
  const image = containers(workload).find(({ at }) => /(?:^|\/)traefik(?:[:@]|$)/.test(at.get('image').string() ?? ''));
  if (image === undefined) return undefined;
  const words = image.at.get('args').strings();
  const longest = (name: string): number | undefined => {
    const found = words.flatMap(
      (word) => new RegExp(`transport\\.lifecycle\\.${name}=(.+)$`, 'i').exec(word)?.[1] ?? [],
    );
    const spans = found.flatMap((text) => parseDuration(/^\d+$/.test(text) ? `${text}s` : text) ?? []);
    return spans.length === 0 ? undefined : Math.max(...spans);
  };
  return {
    program: 'Traefik',
    accepting: {
      seconds: longest('requestAcceptGraceTimeout') ?? 0,
      from: 'requestAcceptGraceTimeout',
      origin: image.at.get('args').origin,
    },
    closing: { seconds: longest('graceTimeOut') ?? 10, from: 'graceTimeOut', origin: image.at.get('args').origin },
  };
}

function flagOf(workload: Workload, name: string): Span | undefined {
  for (const { at } of containers(workload)) {
    const args = at.get('args');
    const index = args.strings().findIndex((word) => word.startsWith(`--${name}=`));
    if (index === -1) continue;
    const text = (args.strings()[index] ?? '').slice(name.length + 3);
    const seconds = parseDuration(/^\d+$/.test(text) ? `${text}s` : text);
    if (seconds !== undefined) return { seconds, from: name, origin: below(args.origin, index) };
  }
  return undefined;
}

/** Istio's `terminationDrainDuration`, 5 s: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig */
const ISTIO_DRAIN = 5;

/** The proxy that Istio injects, where labels say so. With EXIT_ON_ZERO_ACTIVE_CONNECTIONS it waits for the last connection. */
export function meshSidecar(view: PlatformView, workload: Workload): Sidecar | undefined {
  if (!isInjected(view, workload)) return undefined;
  const annotations = podMetadata(workload).get('annotations').stringMap();
  const text = annotations['proxy.istio.io/config'];
  const config: unknown = text === undefined || text.length > 10_000 ? {} : parse(text);
  const settings = isMapping(config) ? config : {};
  const environment = isMapping(settings['proxyMetadata']) ? settings['proxyMetadata'] : {};
  if (String(environment['EXIT_ON_ZERO_ACTIVE_CONNECTIONS']) === 'true') return undefined;
  const stated = parseDuration(String(settings['terminationDrainDuration'] ?? ''));
  const from = stated === undefined ? 'terminationDrainDuration, the default' : 'terminationDrainDuration';
  return { name: 'istio-proxy', drain: { seconds: stated ?? ISTIO_DRAIN, from, origin: podSpec(workload).origin } };
}

function isInjected(view: PlatformView, workload: Workload): boolean {
  const own = workload.podLabels['sidecar.istio.io/inject'];
  if (own !== undefined) return own === 'true';
  const labels = view.objects('Namespace').find(({ name }) => name === workload.namespace)?.labels ?? {};
  return labels['istio-injection'] === 'enabled' || labels['istio.io/rev'] !== undefined;
}
