import type { NginxController } from './controllers.ts';

/**
 * Whether an ingress-nginx takes pieces of configuration from annotations: since 1.9 only where `allow-snippet-annotations` says so, and since 1.12
 * only where annotations of critical risk are allowed as well. What it does not take it leaves out.
 * https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/#allow-snippet-annotations
 */
export function takesSnippets(controller: NginxController | undefined): 'yes' | 'no' | 'unknown' {
  if (controller === undefined || !controller.configMapFound) return 'unknown';
  const { settings, version, weighsRisk } = controller;
  const allowed = settings['allow-snippet-annotations'];
  if (allowed === 'false') return 'no';
  if (allowed !== 'true') return version === undefined ? 'unknown' : version < 9 ? 'yes' : 'no';
  if (settings['annotations-risk-level'] === 'Critical' || weighsRisk === false) return 'yes';
  if (version === undefined) return 'unknown';
  return version < 12 && weighsRisk !== true ? 'yes' : 'no';
}

/** Whether an ingress-nginx counts requests over all its replicas: by memcached, which it must be told of, and no more since 1.12. */
export function countsGlobally(controller: NginxController | undefined): 'yes' | 'no' | 'unknown' {
  if (controller === undefined || !controller.configMapFound) return 'unknown';
  const { settings, version } = controller;
  if ((settings['global-rate-limit-memcached-host'] ?? '') === '') return 'no';
  if (version === undefined) return 'unknown';
  return version < 12 ? 'yes' : 'no';
}
