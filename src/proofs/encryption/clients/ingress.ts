import type { Cursor } from '../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../model/kube.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { controllerFor, ingressFamily, type IngressFamily } from '../../edge/controllers.ts';
import type { Care, Connection } from '../types.ts';

/** What an edge is told to do with the Services behind it, as connections to them. */
export const ingressConnections = oncePerPlatform((view: PlatformView): readonly Connection[] =>
  view.objects('Ingress.networking.k8s.io').flatMap((ingress) => {
    const spec = cursor(ingress).get('spec');
    const annotations = cursor(ingress).get('metadata', 'annotations');
    const ingressClass =
      spec.get('ingressClassName').string() ?? annotations.get('kubernetes.io/ingress.class').string();
    const family = ingressFamily(view, ingressClass, annotations.stringMap());
    const from =
      controllerFor(view, ingressClass, ingress.namespace)?.workload ??
      `the controller of class ${ingressClass ?? 'default'}`;
    const care = careOf(family, annotations);
    return backends(spec).map((backend) => connection(ingress, from, backend, care));
  }),
);

function backends(spec: Cursor): Cursor[] {
  const rules = spec
    .get('rules')
    .items()
    .flatMap((rule) => rule.get('http', 'paths').items())
    .map((path) => path.get('backend'));
  return [spec.get('defaultBackend'), ...rules].filter((backend) => backend.get('service', 'name').exists);
}

function connection(ingress: KubeObject, from: string, backend: Cursor, { care, because, at }: Answer): Connection {
  const port = backend.get('service', 'port', 'number').integer();
  return {
    from,
    host: `${backend.get('service', 'name').string()}.${ingress.namespace ?? 'default'}.svc`,
    ...(port !== undefined && { port }),
    care,
    because: `Ingress ${ingress.namespace ?? 'default'}/${ingress.name}: ${because}`,
    origin: at?.exists === true ? at.origin : ingress.origin,
  };
}

interface Answer {
  readonly care: Care;
  readonly because: string;
  readonly at?: Cursor;
}

/** How each controller speaks to what is behind it; without a word from anybody it is plain HTTP. */
function careOf(family: IngressFamily, annotations: Cursor): Answer {
  if (family === 'nginx') return nginx(annotations);
  if (family === 'alb') {
    const protocol = annotations.get('alb.ingress.kubernetes.io/backend-protocol');
    return protocol.string() === 'HTTPS'
      ? {
          care: 'encrypted',
          because: 'backend-protocol is HTTPS, and the load balancer verifies no certificate',
          at: protocol,
        }
      : { care: 'plaintext', because: 'backend-protocol is not HTTPS', at: protocol };
  }
  if (family === 'haproxy') {
    const ssl = annotations.get('haproxy.org/server-ssl');
    return ssl.string() === 'true'
      ? {
          care: annotations.get('haproxy.org/server-ca').exists ? 'chain' : 'encrypted',
          because: 'server-ssl is true',
          at: ssl,
        }
      : { care: 'plaintext', because: 'server-ssl is not true', at: ssl };
  }
  return { care: 'unknown', because: `how this controller (${family}) speaks to what is behind it is not known here` };
}

/** `backend-protocol` is HTTP unless set, `proxy-ssl-verify` is off unless set (ingress-nginx, "Annotations"). */
function nginx(annotations: Cursor): Answer {
  const get = (name: string): Cursor => annotations.get(`nginx.ingress.kubernetes.io/${name}`);
  const protocol = get('backend-protocol');
  if (get('ssl-passthrough').string() === 'true')
    return { care: 'verified', because: 'TLS is passed through', at: get('ssl-passthrough') };
  if (!/^(?:HTTPS|GRPCS)$/i.test(protocol.string() ?? 'HTTP'))
    return {
      care: 'plaintext',
      because: `backend-protocol is ${protocol.string() ?? 'not set, which is HTTP'}`,
      at: protocol,
    };
  const verify = get('proxy-ssl-verify');
  if (verify.string() !== 'on' || !get('proxy-ssl-secret').exists)
    return {
      care: 'encrypted',
      because: `proxy-ssl-verify is ${verify.string() ?? 'not set, which is off'}`,
      at: verify.exists ? verify : protocol,
    };
  return { care: 'verified', because: 'proxy-ssl-verify is on', at: verify };
}
