/**
 * How people write about a control, by its id: phrases, separated by commas, each sufficient by itself. The words of a
 * phrase stand near each other in any order; `|` separates alternatives, `*` ends a beginning of a word. Plain vocabulary
 * of the trade: no product of one company, no sentence of one document.
 */
export const SYNONYMS: Readonly<Record<string, string>> = {
  'admin-token-revocation':
    'token* revo*, revo* session*|credential*|jwt*, deny|block|revocation list* token*|admin*, admin token*',
  'alert-delivery':
    'alert* test*, test* page|pages|paging, alert* deliver*, notif* pipeline, end to end alert*, trigger* p0|p1 alert*',
  'alert-pack':
    'alert* pack, alert* rule*, alert* error* latency, saturation alert*, alert* saturation, alert* queue|lag|worker|billing|drift|webhook*|anomal*, expand* alert*, first|baseline|initial alert*, metric* alerting',
  'alert-routing': 'alert* rout*, route* alert*, alertmanager, pagerduty|opsgenie|victorops, page* on call',
  'audit-trail':
    'audit log*, audit trail*, auditing, retention retriev*, investigation* report*|procedure*, incident trace',
  'backup-policy': 'backup*, snapshot* schedule*|retention',
  'break-glass': 'break glass, emergency access, jit access, just in time access, bastion',
  'capacity-baseline':
    'load test*, load profile, capacity test*|plan*|baseline, load baseline, stress test*, saturation indicator*, scale|scaling playbook, baseline limit*, burst limit*, performance test*, k6|locust|gatling, growth model, target load, sizing, sized launch, capacity headroom',
  'certificate-lifecycle':
    'cert|certs|certificate* lifecycle, cert|certs|certificate* expir*, cert|certs|certificate* rotation, cert|certs|certificate* renew*, pki, cert|certs|certificate* issu*, revoke|revocation cert|certs|certificate*',
  'channel-segregation': 'redis acl*, publish* subscribe*, channel* segregat*, pubsub|pub acl*, topic* acl*',
  chaos: 'chaos, fault injection, game day*|gameday*, failure injection, kill* pod*',
  'ci-required-checks':
    'ci lint*, green ci, sast, dast, lint* test*, security scan*, dependency scan*, image* scan*, container scan*, scan* ci, iac scan*, status check*, unit test*, ci gate*, mandatory gate*, type check*, coverage publish*, test artifact* coverage',
  'compliance-map': 'soc2|iso27001|hipaa|pci|gdpr, soc 2, iso 27001, compliance map*|matri*|control*',
  'config-governance':
    'feature flag*, config* governance, config* approv*, config* change*, change approval*, configuration policy, env* diff*',
  'connection-budget':
    'connection* pool*, db connection* limit*|pool*|budget*, max_connections, max connections, pgbouncer',
  correlation:
    'correlation id*, correlat*, request_id propagat*, request id*, trace context, request_id|traceparent, request follow* end',
  'cost-budget':
    'cost* budget*|dashboard*|alert*|estimate*|per|visibility|observability, budget* policy|polic*|guardrail*|anomal*, finops, spend* alert*, monthly cost*, hosting cost*',
  dashboards: 'dashboard*, grafana',
  'data-failover':
    'failover*, primary replica*, replica promot*, ha database*|db|data, rds|elasticache ha, data ha, high availability',
  'data-growth':
    'data growth, storage growth, disk full|usage|growth, table* growth, growth model, retention job*, cleanup job*|retention, partition* prun*',
  'deferred-components':
    'service mesh, istio|linkerd|cilium|hubble|ebpf, sidecar*, opa|gatekeeper, policy as code, service split, finer grained service*, microservice* split',
  'disaster-recovery':
    'disaster recovery, dr, bcp, rpo|rto, cross region, site loss, region* outage|loss|failover, multi region',
  'disruption-budget': 'disruption budget*, pdb|pdbs, poddisruptionbudget*, voluntary disruption*, node drain*',
  'drill-calendar':
    'drill* calendar|schedule|cadence, quarterly drill*|failover, tabletop*, nightly load, run* nightly, drill* quarterly|monthly',
  'edge-audit-logs': 'flow log*, waf log*, siem, ddos, access log* ship*, ingress log*|egress',
  'edge-limits':
    'rate limit*, body limit*|size, request size*|time*, size time limit*, uri|header limit*|size, slowloris, request limit*, throttl*',
  'edge-log-redaction': 'redact*, scrub* log*|header*, mask* log*|token*|header*',
  'edge-routes':
    'public ingress, api gateway, edge gateway, gateway route*, route* gateway, ingress controller*, public endpoint*|route*, https only, ingress path*|route*|rule*, gateway path*, edge load balancer',
  'edge-tls':
    "tls certificate*, tls cert|certs, ingress tls, tls ingress, hsts, https redirect*, redirect* https, enforce tls, public tls, tls https, tls edge, tls termination, cert manager, let's encrypt, lets encrypt, security header*, acme, tls certs",
  'edge-waf': 'waf, web application firewall, modsecurity|coraza, owasp crs, crs paranoia, core rule set',
  'egress-allow-list':
    'egress polic*|allow*|whitelist*|control*|restrict*|dns|only, outbound allow*|restrict*|nat, blocked egress, no direct internet, nat gateway*',
  'encryption-at-rest':
    'encrypt* at rest, at rest kms|encrypt*, backup* encrypt*, disk|volume|bucket encrypt*, s3|bucket polic*, server side encrypt*, managed key*',
  'environment-parity':
    'environment* parity, config* parity, mirror* prod*, pre prod* infrastructure, environment* diff*, staging mirror*, dev prod* parity, anonymi* data, ensure parity, overlays drift, per environment overlay*, synthetic data, ephemeral namespace*|environment*',
  gitops:
    'gitops, argo cd, argocd, flux, app of apps, drift detect*, image updater, pull based deploy*, promotion tag*, tag based promot*, trunk based',
  'graceful-shutdown':
    'graceful* shutdown, connection drain*, sigterm, in flight drain*, prestop, graceful* terminat*, zero downtime',
  'health-probes': 'liveness, health probe*|check*, startup probe*, readiness probes, healthz',
  'image-provenance':
    'sbom*, provenance, image* sign*, sign* image*, cosign|sigstore, slsa, attestation*, multi arch image*, signed image*',
  'immutable-images':
    'immutable tag*|image*, never latest, no latest, image* digest*|sha|shas, image version*, internal registry, image* pin*, semantic tag*',
  'incident-model':
    'incident severit*, severity model|level*|matri*, incident model|classification|response, sev1|sev2|p0|p1 severit*|response',
  'infrastructure-plan':
    'terraform plan, terraform script*|production, production iac, iac finali*|audit*|review*|dry, infrastructure as code, iac terraform|source, tofu plan, least privilege audit*, line by line review|audit',
  'integration-fidelity':
    'contract test*, integration test*|suite*|flow*, migration* ci, reduce mock*|mocking, db integration, integration e2e, e2e test*',
  'internal-tls':
    'mtls, mutual tls, internal tls, internal encrypt*, traffic encrypt*, tls db|database*|postgres|redis|nats|kafka, db|database* connection* tls, encrypt* in transit, plaintext connection*',
  'log-pipeline':
    'log* sink, centrali* log*, log* backend*, log* pipeline, log* aggregat*, stream logs, log shipping, collectors, log collector*',
  'manual-approval':
    'manual approval*, approval gate*, production approval*, approv* deploy*, deploy* approv*, sign off before deploy*',
  'metrics-exposed':
    'metrics endpoint*, prometheus metric*, metric* expos*, expose metric*, scrap*, metrics alerting, metric backend*, monitoring tool*|stack|instance*, synthetic probe*|monitor*, production monitoring, monitoring alerting, metrics shipped',
  'network-declared-flows':
    'allow list* flow*, allowlist* flow*|network*, explicit allow*, declared flow*, traffic flow*, default deny allow, allowed flow*, tenant* isolation, multi tenant isolation',
  'network-default-deny':
    'default deny, deny all, network polic*, networkpolic*, network segment*, micro segment*|microsegmentation, east west polic*|traffic|restrict*',
  'network-tiers':
    'subnet*, security group*, vpc, dmz, db port*, private subnet*, network tier*, network segment*, jump host*, not exposed publicly, firewall rule*',
  'no-plaintext-secrets':
    'plaintext secret*, secret* in repo*|code|git, hardcod* credential*|secret*|password*, secret scan*, static secret*, gitleaks|trufflehog',
  'node-placement':
    'taint*, toleration*, node pool*, node group*, namespaces pinned, pinned namespace*, node affinity, namespaces isolat*|separat*|apart',
  'on-call': 'on call, oncall, escalation path|polic*|matri*, ownership matri*, pager rotation',
  'on-prem-topology': 'bare metal, on prem, on premises, control plane nodes, keepalived|haproxy, vm metal',
  'pod-security': 'pod security, psp|pss, securitycontext, security context, run as non root, privileged container*',
  'point-in-time-recovery': 'pitr, point in time, wal archiv*, continuous archiv*, binlog archiv*',
  'progress-log': 'progress log*, progress_log*, log final configuration*, progress report*',
  'progressive-delivery':
    'canary, canaries, blue green, progressive deliver*, argo rollouts, flagger, automatic rollback slo, auto halt*|rollback, metric gate*, analysistemplate*, traffic shift*',
  'promotion-gate':
    'promotion gate*, promotion block*, promote* smoke, smoke test* gate*|promotion|load, automat* smoke, promotion path, promotion control*, promotion polic*, deploy* pipeline staging, post deploy smoke',
  'rbac-least-privilege': 'rbac, least privilege, iam role*|polic*, wildcard permission*, cluster admin',
  'readiness-shedding':
    'readiness strateg*, shed* load, load shed*, deep readiness, readiness degrad*|depend*, readiness fail*',
  'replica-spread':
    'topology spread, topologyspreadconstraint*, anti affinity, antiaffinity, multi az, multi zone, across zone*|az|azs, availability zone*',
  'repository-policy':
    'branch protect*, codeowners, security md, protected main|branch* review*, required review*, repository* polic*|secur*, repo polic*, dependabot|renovate, contributing',
  'resources-and-autoscaling':
    'autoscal*, hpa, resource request*, resource* limit*, requests limits, replica count*, uvicorn|gunicorn worker*, workers per pod, resource quota*, horizontal pod*',
  restore: 'restor*, recovery drill*, dr drill*',
  'rollback-rehearsal':
    'rollback rehears*, rollback procedure*|path|plan*|drill*|validat*|verif*|test*, known good, roll back rehears*|tested',
  'rollout-strategy':
    'surge only, rolling update*, maxsurge|maxunavailable, rolling deploy*, rollout strateg*, progress deadline',
  runbooks: 'runbook*, playbook*, checklist* triage, triage checklist*, standard operating procedure*',
  'runtime-secrets':
    'secret* manager*, secret* management, secret* store*, external secret*, secrets strateg*, vault, sops, kms integrat*|secret*|wire*, secret* inject*, consume secret*, sealed secret*, csi driver',
  'schema-migrations':
    'migration* gated|job|run|schema|revers*|expand, schema change*|migration*, database migration*, db migration*, alembic|flyway|liquibase',
  'secret-rotation':
    'secret* rotat*, key* rotat*, credential* rotat*, rotat* cadence, rotation event*|polic*|sop, password* rotat*, short lived token*',
  'sign-offs': 'sign off*, signoff*, signed off, reviewed approved, formal* approv*',
  'slo-burn-rate-alerts': 'burn rate, slo|slos, error budget*, service level',
  'ssrf-guard': 'ssrf, metadata link local, metadata endpoint* block*, probe* allow* cidr*, server side request',
  'stale-cache':
    'stale while, serve* stale, stale cache*|answer*|data, cache strateg*, cache* ttl*, externali* cache, cache* surviv*, cache hit rate, cache flush',
  'stream-drain':
    'stream* drain*|shutdown, drain* stream*|session*|terminal*|shutdown, websocket* drain*, drain window',
  'structured-logs': 'structured log*, json log*, logs json, log* schema, log* format json',
  'tracing-pipeline':
    'tracing, distributed trac*, opentelemetry|otel|otlp|jaeger|tempo|zipkin, span* timing*, trace backend*',
  'vulnerability-policy':
    'vulnerabilit*, severity based policy, fail critical|high, scan* polic*, exception* expir*, cve*, exception workflow, image scanning, security re scan*, periodic scan*|re',
  'webhook-ingestion':
    'webhook* ingest*, webhook* signature*|replay*|idempoten*|reconcil*|path|failure*|outage*, idempoten* key*, event reconcil*',
  'websocket-affinity':
    'session* affinity, sticky session*, websocket* affinity|rout*|policy|upgrade*, websockets sse, dedicated terminal|websocket gateway*, terminal rout*|affinity',
  'workflow-hardening':
    'protected branch* deploy*|trigger*|release*, deploy* protected branch*|main, pin|pinned|pinning action*, trigger* protected, release tag*, workflow* permission*, oidc deploy*',
  'workload-identity':
    'workload* identit*, service identit*, spiffe|spire, service account*, short lived cert|certs|certificate*',
};
