import { describe, expect, it } from 'vitest';
import { classify, dialectOf, formatOf } from './classify.ts';

describe('formatOf', () => {
  it.each([
    ['main.tf', 'hcl'],
    ['a/prod.auto.tfvars', 'hcl'],
    ['main.tf.json', 'hcl-json'],
    ['README.md', 'text'],
    ['SECURITY', 'text'],
    ['Dockerfile', 'directives'],
    ['services/api/Dockerfile.prod', 'directives'],
    ['CODEOWNERS', 'directives'],
    ['nginx/conf.d/default.conf', 'directives'],
    ['etc/sites-enabled/api', 'directives'],
    ['.env.production', 'directives'],
    ['k8s/api.yaml', 'data'],
    ['x.JSON', 'data'],
    ['.renovaterc', 'data'],
    ['ci/.dockerconfigjson', 'data'],
    ['home/.netrc', 'text'],
    ['pgpass.conf', 'text'],
    ['src/npmrc.ts', undefined],
    ['.github/renovate.json5', 'data'],
    ['main.go', undefined],
    ['Dockerfile.dockerignore', undefined],
    ['.github/dir/CODEOWNERS', undefined],
  ])('%s', (path, format) => {
    expect(formatOf(path)).toBe(format);
  });
});

describe('dialectOf', () => {
  it('is YAML 1.2 for what GitHub, Compose and Launchgate read', () => {
    for (const path of [
      '.github/workflows/ci.yml',
      'action.yml',
      'a/compose.prod.yaml',
      'docker-compose.yml',
      'launchgate.yaml',
    ])
      expect(dialectOf(path)).toBe('yaml-1.2');
    for (const path of ['k8s/api.yaml', 'charts/api/values.yaml', 'prometheus.yml', 'transaction.yml'])
      expect(dialectOf(path)).toBe('kubernetes');
  });
});

describe('classify data', () => {
  const group = { name: 'g', rules: [{ alert: 'A', expr: 'up' }] };
  it.each([
    ['a.yaml', { apiVersion: 'apps/v1', kind: 'Deployment' }, 'kubernetes'],
    ['a.json', { apiVersion: 'v1', kind: 'List', items: [] }, 'kubernetes'],
    ['.github/workflows/ci.yml', { on: 'push', jobs: {} }, 'github-workflow'],
    ['action.yml', { name: 'x', runs: { using: 'composite' } }, 'github-action'],
    ['.github/actions/x/action.yaml', { runs: {} }, 'github-action'],
    ['.github/dependabot.yml', { version: 2 }, 'update-bot'],
    ['renovate.json', { extends: [] }, 'update-bot'],
    ['.checkov.yaml', { 'soft-fail': true }, 'scanner-config'],
    ['ci/trivy.yaml', { 'exit-code': 1 }, 'scanner-config'],
    ['rulesets/main.json', { name: 'main', target: 'branch', enforcement: 'active', rules: [] }, 'github-ruleset'],
    ['x.json', { conditions: {}, enforcement: 'active', rules: [] }, 'github-ruleset'],
    ['main.json', { enforce_admins: { enabled: true }, allow_force_pushes: { enabled: false } }, 'github-ruleset'],
    ['production.json', { name: 'production', protection_rules: [] }, 'github-environment'],
    ['compose.yaml', { services: { a: { extends: 'b' } } }, 'compose'],
    ['stack.yml', { services: { a: { image: 'x' }, b: { build: '.' } } }, 'compose'],
    ['p.yml', { scrape_configs: [] }, 'prometheus-config'],
    ['p.yml', { global: {}, rule_files: [] }, 'prometheus-config'],
    ['r.yml', { groups: [group] }, 'prometheus-rules'],
    ['r.yml', { groups: [] }, 'prometheus-rules'],
    ['r.yml', { groups: [group, { name: 'later', rules: null }] }, 'prometheus-rules'],
    ['r.yml', { groups: [group, { name: 'more', rules: [{ alrt: 'B', expr: 'up' }] }] }, 'prometheus-rules'],
    ['slo.yml', { version: 'prometheus/v1', service: 'api', slos: [] }, 'slo-spec'],
    ['slo.yml', { apiVersion: 'openslo/v1', kind: 'SLO', metadata: { name: 'a' } }, 'slo-spec'],
    ['am.yml', { route: { receiver: 'x' }, receivers: [] }, 'alertmanager-config'],
    ['d.json', { panels: [], schemaVersion: 38, title: 'x' }, 'grafana-dashboard'],
    ['d.json', { dashboard: { panels: [], schemaVersion: 38 }, meta: {} }, 'grafana-dashboard'],
    ['a.yaml', { apiVersion: 1, groups: [{ name: 'x', rules: [{ title: 'Down', data: [] }] }] }, 'grafana-alerting'],
    ['a.yaml', { apiVersion: 1, contactPoints: [{ name: 'pager', receivers: [] }] }, 'grafana-alerting'],
    ['a.yaml', { apiVersion: 1, policies: [{ receiver: 'pager' }] }, 'grafana-alerting'],
    ['a.yaml', { apiVersion: 1, muteTimes: [{ name: 'nights' }] }, 'grafana-alerting'],
    ['a.yaml', { apiVersion: 'acme.io/v1', policies: [{ receiver: 'pager' }] }, undefined],
    ['a.yaml', { template_files: {}, alertmanager_config: 'route: {}' }, 'alertmanager-config'],
    ['o.yaml', { receivers: { otlp: {} }, exporters: {}, service: { pipelines: {} } }, 'otel-collector'],
    ['.gitlab-ci.yml', { variables: {} }, 'ci-pipeline'],
    ['.circleci/config.yml', { jobs: {} }, 'ci-pipeline'],
    ['.buildkite/deploy/pipeline.yml', { steps: [] }, 'ci-pipeline'],
    ['services/.gitlab-ci.yml', { variables: {} }, undefined],
    ['.docker/config.json', { credsStore: 'pass' }, 'registry-logins'],
    ['ci/auth.json', { auths: { 'registry.io': { auth: 'x' } } }, 'registry-logins'],
    ['v.yaml', { auths: { enabled: true } }, undefined],
    ['v.yaml', { services: { api: { enabled: true } } }, undefined],
    ['g.yaml', { groups: [{ name: 'people' }] }, undefined],
    ['x.yaml', { apiVersion: 'v1', kind: 'Config', clusters: [] }, 'kubeconfig'],
    ['skaffold.yaml', { apiVersion: 'skaffold/v4beta6', kind: 'Config' }, undefined],
    ['launchgate.yaml', { apiVersion: 'launchgate/v1', kind: 'Platform' }, undefined],
    ['kustomization.yaml', { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' }, undefined],
    ['x.yaml', { apiVersion: 1, kind: 'Pod' }, undefined],
    ['x.yaml', ['a'], undefined],
    ['x.yaml', 'text', undefined],
  ])('%s %j', (path, value, expected) => {
    expect(classify(path, value)).toBe(expected);
  });
});

describe('classify text', () => {
  it.each([
    ['api/Dockerfile', 'FROM a', 'dockerfile'],
    ['api.dockerfile', 'FROM a', 'dockerfile'],
    ['.github/CODEOWNERS', '* @a', 'codeowners'],
    ['SECURITY.md', '# Security', 'security-policy'],
    ['.github/SECURITY.md', '', 'security-policy'],
    ['docs/runbooks/SECURITY.md', '', 'markdown'],
    ['docs/runbooks/api.md', '', 'markdown'],
    ['deploy/redis-prod.conf', '', 'redis-conf'],
    ['users.acl', '', 'redis-acl'],
    ['pg_hba.conf', '', 'pg-hba'],
    ['postgresql.conf', '', 'postgres-conf'],
    ['edge/nginx.conf', '', 'nginx-conf'],
    ['.env', '', 'env-file'],
    ['config/prod.env', '', 'env-file'],
    ['conf.d/default.conf', '# x\nserver {\n  listen 80;\n}\n', 'nginx-conf'],
    ['sites-enabled/api', 'upstream api {\n server a:1;\n}', 'nginx-conf'],
    ['acl/app.acl', 'user app on >x ~k* +get\n', 'redis-acl'],
    ['cache.conf', 'bind 0.0.0.0\nappendonly yes\n', 'redis-conf'],
    ['hba.conf', '# TYPE\nhostssl all all 0.0.0.0/0 scram-sha-256\n', 'pg-hba'],
    ['conf.d/tuning.conf', 'shared_buffers = 4GB\n', 'postgres-conf'],
    ['app.conf', 'akka { x = 1 }\n', undefined],
    ['log4j.conf', 'x', undefined],
    ['home/.pgpass', '', 'login-file'],
    ['pgpass.conf', '', 'login-file'],
    ['_netrc', '', 'login-file'],
    ['web/.npmrc', '', 'login-file'],
    ['.npmrc.ci', '', 'login-file'],
    ['docs/npmrc.md', '', 'markdown'],
    ['main.tf', '', 'terraform'],
  ])('%s', (path, text, expected) => {
    expect(classify(path, text)).toBe(expected);
  });

  it('judges a hostile text at once', () => {
    for (const text of [
      'user '.repeat(200_000),
      ' '.repeat(1_000_000),
      'host a b '.repeat(100_000),
      'location '.repeat(100_000),
    ])
      expect(classify('x.conf', text)).toBeUndefined();
  });
});
