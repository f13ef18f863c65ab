/** Components that a young platform does without, and the traces that each leaves in manifests and Terraform. */
export const COMPONENTS = ['mesh', 'sidecars', 'gateway', 'policy-engine', 'ebpf'] as const;
export type Component = (typeof COMPONENTS)[number];

interface Traces {
  /** As messages name it. */
  readonly title: string;
  /** How an entry under `deferred` speaks of it. */
  readonly named: RegExp;
  /** API groups of its objects. */
  readonly groups?: RegExp;
  /** Last parts of image repositories: of any container, or of one beside the main one. */
  readonly images?: RegExp;
  readonly beside?: RegExp;
  /** Names of Helm charts. */
  readonly charts?: readonly string[];
}

export const TRACES: Readonly<Record<Component, Traces>> = {
  mesh: {
    title: 'a service mesh',
    named: /\bmesh|istio|linkerd|kuma\b/i,
    groups: /(?:^|\.)(?:istio\.io|linkerd\.io|kuma\.io|consul\.hashicorp\.com|appmesh\.k8s\.aws)$/,
    images: /(?:^|\/)(?:istio\/pilot|pilot|istiod|linkerd\/controller|kumahq\/kuma-cp|kuma-cp)$/,
    charts: ['istiod', 'istio-base', 'linkerd-control-plane', 'linkerd2', 'kuma', 'consul', 'appmesh-controller'],
  },
  sidecars: {
    title: 'proxy sidecars',
    named: /sidecar|envoy/i,
    beside:
      /(?:^|\/)(?:envoyproxy\/envoy(?:-distroless)?|envoy|istio\/proxyv2|proxyv2|linkerd\/proxy|dapr\/daprd|daprd)$/,
  },
  gateway: {
    title: 'an API gateway of its own',
    named: /\bgateway/i,
    images:
      /(?:^|\/)(?:kong|kong-gateway|krakend|krakend-ce|tyk-gateway|apisix|gravitee-?io?\/apim-gateway|gloo-envoy-wrapper)$/,
    charts: ['kong', 'krakend', 'tyk-oss', 'tyk-stack', 'apisix', 'gloo'],
  },
  'policy-engine': {
    title: 'a policy engine',
    named: /policy[- ](?:engine|as[- ]code)|\bopa\b|gatekeeper|kyverno/i,
    groups: /(?:^|\.)(?:gatekeeper\.sh|kyverno\.io|kubewarden\.io)$/,
    images: /(?:^|\/)(?:openpolicyagent\/(?:gatekeeper|opa)|gatekeeper|kyverno)$/,
    charts: ['gatekeeper', 'kyverno', 'kubewarden-controller'],
  },
  ebpf: {
    title: 'eBPF networking or observability',
    named: /ebpf|cilium|hubble|tetragon/i,
    groups: /(?:^|\.)(?:cilium\.io|px\.dev)$/,
    images: /(?:^|\/)(?:cilium\/cilium|cilium|hubble-relay|tetragon|grafana\/beyla|beyla|pixie)$/,
    charts: ['cilium', 'tetragon', 'beyla', 'pixie-operator-chart'],
  },
};
