import type { Query } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Spec } from '../../model/spec.ts';
import { grafanaAlerts } from '../../proofs/alerting/grafana/rules.ts';
import { allPlacedRules } from '../../proofs/alerting/rules.ts';
import { controllerFor, ingressFamily, isReadBy, type IngressFamily } from '../../proofs/edge/controllers.ts';
import { cloudflareRulesets } from '../../proofs/edge/cloudflare.ts';
import { carriedBy } from '../../proofs/edge/declared.ts';
import { securityPolicyOf } from '../../proofs/edge/google.ts';
import { publicRoutes, type PublicRoute } from '../../proofs/edge/index.ts';
import { deep, nested, publicBalancers } from '../../proofs/edge/terraform.ts';
import { unreadEdges, type UnreadEdge } from '../../proofs/edge/unread.ts';
import { attachedAcls } from '../../proofs/edge/waf.ts';
import { modSecurity, type ModSecurity } from './modsecurity.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';

/** A web ACL in front, as far as Terraform tells. */
export interface CloudAcl {
  readonly name: string;
  readonly to: readonly string[];
  readonly ruleGroups: number;
  /** Rule groups that only count. */
  readonly counting: number;
  readonly origin: Origin;
}

/** A public route whose service refuses whoever has no credentials: attacks without them do nothing there. */
export interface DrilledRoute {
  readonly service: string;
  readonly path: string;
  readonly sample?: string;
  readonly host?: string;
}

export interface EdgeWaf {
  readonly drilled?: DrilledRoute;
  readonly environment: string;
  readonly provisional: boolean;
  readonly routes: readonly {
    readonly source: string;
    readonly waf?: ModSecurity;
    readonly named?: string;
    /** True for a declared websocket: a handshake, and frames that no rule reads. */
    readonly isSocket: boolean;
    readonly known: boolean;
    readonly origin: Origin;
  }[];
  readonly acls: readonly CloudAcl[];
  readonly unread: readonly UnreadEdge[];
  readonly balancers: readonly { readonly name: string; readonly origin: Origin }[];
  /** Distributions of CloudFront without a web ACL: what they serve may be files alone. */
  readonly distributions: readonly { readonly name: string; readonly origin: Origin }[];
  readonly declared: NonNullable<Spec['edge']>['waf'];
  readonly runbookExists: boolean;
  readonly alerts: readonly string[];
  readonly dashboards: readonly string[];
}

/** The WAF of every public route, and what the spec, the alerts and the runbooks say of it. */
export function edgeWaf(): Query<EdgeWaf> {
  return (view) => {
    const declared = view.spec.edge?.waf;
    const acls = attachedAcls(view);
    const covered = new Set(acls.flatMap(({ to }) => to));
    const routes = publicRoutes(view).map((route) => coverOf(view, route));
    const drilled = drilledRoute(view);
    return {
      ...(drilled === undefined ? {} : { drilled }),
      environment: view.environment.kind,
      provisional: view.provisional,
      routes: [...new Map(routes.map((route) => [route.source, route])).values()],
      acls: acls.map(({ name, to, block, origin }) => {
        const rules = nested(block, 'rule').filter(
          (rule) =>
            deep(rule, 'managed_rule_group_statement').length + deep(rule, 'rule_group_reference_statement').length > 0,
        );
        const counting = rules.filter((rule) =>
          nested(rule, 'override_action').some((action) => nested(action, 'count').length > 0),
        );
        return { name, to, ruleGroups: rules.length, counting: counting.length, origin };
      }),
      balancers: publicBalancers(view)
        .filter(({ name, type }) => type === 'application' && !covered.has(name))
        .map(({ name, block }) => ({ name, origin: block.origin })),
      distributions: resourceBlocks(view, 'aws_cloudfront_distribution')
        .filter(({ labels }) => !covered.has(labels.join('.')))
        .map(({ labels, origin }) => ({ name: labels.join('.'), origin })),
      unread: unreadEdges(view),
      declared,
      runbookExists: declared?.runbook !== undefined && view.files().includes(declared.runbook.replace(/#.*$/, '')),
      alerts: blockAlerts(view),
      dashboards: view
        .data('grafana-dashboard')
        .filter(({ path, data }) => /waf|modsec/i.test(`${path} ${JSON.stringify(data).slice(0, 200_000)}`))
        .map(({ path }) => path),
    };
  };
}

function drilledRoute(view: PlatformView): DrilledRoute | undefined {
  return view.spec.services
    .flatMap(({ name, routes }) => routes.map((route) => ({ name, route })))
    .filter(({ route }) => route.public && route.protocol === 'http' && route.auth === 'jwt')
    .map(({ name, route: { path, sample, host } }) => ({
      service: name,
      path,
      ...(sample === undefined ? {} : { sample }),
      ...(host === undefined ? {} : { host }),
    }))[0];
}

/** Annotations that put a cloud's or another product's WAF in front of an Ingress or its Service, with what reads them. */
const NAMED: readonly (readonly [key: string, family: IngressFamily])[] = [
  ['alb.ingress.kubernetes.io/wafv2-acl-arn', 'alb'],
  ['alb.ingress.kubernetes.io/web-acl-id', 'alb'],
  ['alb.ingress.kubernetes.io/waf-acl-id', 'alb'],
  // The class of Azure's Application Gateway is not known by name.
  ['appgw.ingress.kubernetes.io/waf-policy-for-path', 'unknown'],
  ['appprotect.f5.com/app-protect-policy', 'nginx-inc'],
  ['haproxy.org/modsecurity', 'haproxy'],
];

function coverOf(view: PlatformView, route: PublicRoute): EdgeWaf['routes'][number] {
  const named =
    NAMED.find(([key, reader]) => route.annotations[key] !== undefined && isReadBy(view, route, reader))?.[0] ??
    securityPolicyOf(view, route)?.by;
  const carried = carriedBy(view, route);
  const isSocket = carried.length > 0 && carried.every(({ protocol }) => protocol === 'websocket');
  const base = { source: route.source, isSocket, origin: route.origin, ...(named === undefined ? {} : { named }) };
  const family = route.kind === 'ingress' ? ingressFamily(view, route.edges[0], route.annotations) : 'unknown';
  const mayPassCloudflare = cloudflareRulesets(view, /^http_request_firewall_/).length > 0;
  if (family !== 'nginx') return { ...base, known: named !== undefined };
  const controller = controllerFor(view, route.edges[0], route.namespace);
  const waf = modSecurity(view, controller, route.annotations, route.source, route.origin);
  const isSeen = waf.enabled || (controller?.configMapFound === true && !mayPassCloudflare);
  return { ...base, waf, known: isSeen && waf.unsure !== true };
}

/** Alerts whose expression asks a metric of the WAF, or, for modules that count nothing, the share of 403. */
function blockAlerts(view: PlatformView): string[] {
  const ofBlocks = /waf|modsec|coraza|blocked_?requests|status="?=?~?"?403/i;
  const inRules = allPlacedRules(view)
    .filter(({ kind, at }) => kind === 'alert' && ofBlocks.test(String(at.get('expr').value ?? '')))
    .map(({ name }) => name);
  const inGrafana = grafanaAlerts(view)
    .filter(({ words }) => ofBlocks.test(words))
    .map(({ name }) => name);
  const inCloud = resourceBlocks(view, 'aws_cloudwatch_metric_alarm')
    .filter(
      ({ attributes }) =>
        attributes['namespace']?.literal === 'AWS/WAFV2' || attributes['metric_name']?.literal === 'BlockedRequests',
    )
    .map(({ labels }) => labels.join('.'));
  return [...new Set([...inRules, ...inGrafana, ...inCloud])];
}
