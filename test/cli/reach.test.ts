import { describe, expect, it } from 'vitest';
import { reachReportSchema } from '../../src/report/reach/schema.ts';
import { deployment, FILES, POLICIES, SERVICE } from './reach-files.ts';
import { workspace } from './workspace.ts';

const SPEC = `apiVersion: launchgate/v1
kind: Platform
name: shop
environments: [{ name: production, kind: production }]
services: [{ name: web }, { name: db }]
flows:
`;

describe('reach', () => {
  it('prints the map on stdout and what belongs beside it on stderr', async () => {
    const { code, out, err } = await workspace(FILES).launchgate('reach');
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "shop/db[Deployment] => 0.0.0.0-255.255.255.255 : All Connections
      shop/db[Deployment] => ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff : All Connections
      shop/web[Deployment] => 0.0.0.0-255.255.255.255 : All Connections
      shop/web[Deployment] => ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff : All Connections
      shop/web[Deployment] => shop/db[Deployment] : TCP 5432
      "
    `);
    expect(err).toMatchInlineSnapshot(`
      "2 workloads in 1 namespace, 2 policies; isolated for ingress 2, for egress 0.
      5 connections.
      Policies have an effect only where the network plugin enforces them.
      Probes come from the own node, which is always let in by the standard; some plugins need a rule for them.
      "
    `);
  });

  it('asks about one end', async () => {
    const tree = workspace(FILES);
    expect((await tree.launchgate('reach --to shop/db')).out).toBe(
      'shop/web[Deployment] => shop/db[Deployment] : TCP 5432\n',
    );
    expect((await tree.launchgate('reach --from db --to web')).out).toBe('');
    expect((await tree.launchgate('reach --from node --to db')).out).toBe(
      'node => shop/db[Deployment] : All Connections\n',
    );
    expect((await tree.launchgate('reach --from internet')).out).toBe('');
  });

  it.each([
    ['shop/web shop/db 5432', 0, 'is allowed'],
    ['web db main', 0, 'NetworkPolicy shop/db ingress[0]  k8s/policies.yaml:12'],
    ['web service/shop/database sql', 0, 'TCP 5432 is allowed'],
    [
      'web db 5433',
      1,
      'NetworkPolicy shop/db, NetworkPolicy shop/default-deny isolate these pods, and no rule lets it pass',
    ],
    ['node db 5432', 0, 'a pod and its own node always reach each other'],
    ['pods/shop/app=web db 5432', 0, 'is allowed'],
    ['pods/shop db 5432', 2, 'the labels of shop/*[Pod] are not known'],
    ['pods/other db 5432', 1, 'isolate these pods'],
    ['anyone db 5432', 2, 'who is at the other end is not known'],
  ])('--explain %s', async (words, code, text) => {
    const answer = await workspace(FILES).launchgate(`reach --explain ${words}`);
    expect(answer.code).toBe(code);
    expect(answer.out).toContain(text);
  });

  it.each([
    ['--explain web db', '--explain takes SRC DST PORT'],
    ['--explain web nowhere 80', 'nothing is called nowhere'],
    ['--explain web db nosuch', 'has no port named nosuch'],
    ['--explain web db 70000', 'is no port'],
    ['--explain web db 80 -f svg', 'has no svg form'],
    ['--from nowhere', 'nothing is called nowhere'],
    ['--diff nowhere', 'does not exist'],
    ['--limit many', 'not a number of rows'],
  ])('refuses %s', async (words, text) => {
    const { code, out, err } = await workspace(FILES).launchgate(`reach ${words}`);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(text);
  });

  it('says what changed against another folder', async () => {
    const tree = workspace({
      ...Object.fromEntries(Object.entries(FILES).map(([path, text]) => [`new/${path}`, text])),
      ...Object.fromEntries(
        Object.entries(FILES).map(([path, text]) => [
          `old/${path}`,
          text.replaceAll('app: web } } }]', 'app: cron } } }]'),
        ]),
      ),
    });
    expect(await tree.launchgate('reach new --diff old')).toMatchObject({
      code: 1,
      out: '+ shop/web[Deployment] => shop/db[Deployment] : TCP 5432\n',
    });
    expect(await tree.launchgate('reach new --diff new')).toMatchObject({ code: 0, out: '' });
  });

  it('holds the declared flows against what passes, as two lists', async () => {
    const flows =
      '  - { from: service/web, to: service/db, port: 15432 }\n  - { from: service/db, to: service/web, port: 8080 }\n';
    const tree = workspace({ ...FILES, 'launchgate.yaml': SPEC + flows });
    const { code, out } = await tree.launchgate('reach --diff declared');
    expect(code).toBe(1);
    expect(out).toBe(
      'Has to pass, and is denied (1)\n  shop/db[Deployment] => shop/web[Deployment] : TCP 8080  (service/db -> service/web : TCP 8080)\n',
    );
    const fewer = workspace({ ...FILES, 'launchgate.yaml': `${SPEC}  []\n` });
    expect((await fewer.launchgate('reach --diff declared')).out).toContain('Passes, and no flow speaks of it (1)');
  });

  it('prints JSON of the published schema, each kind of it', async () => {
    const tree = workspace({ ...FILES, 'k8s/agent.yaml': deployment('agent', 9100, 'hostNetwork: true, ') });
    const kinds = ['', '--explain web db 5432', '--diff k8s', '--diff declared'].map(async (words) => {
      const { out } = await tree.launchgate(`reach ${words} -f json`);
      return reachReportSchema.parse(JSON.parse(out)).kind;
    });
    expect(await Promise.all(kinds)).toEqual(['ReachReport', 'ReachExplanation', 'ReachDiff', 'ReachFlows']);
    const { out } = await tree.launchgate('reach -f json --from agent --to db');
    expect(JSON.parse(out)).toMatchObject({
      rows: [],
      unknown: [
        {
          src: 'shop/agent[Deployment]',
          conn: 'All Connections',
          because: [expect.stringContaining("host's network")],
        },
      ],
    });
  });

  it('draws', async () => {
    const tree = workspace(FILES);
    const dot = await tree.launchgate('reach -f dot');
    expect(dot.out).toContain('"shop/web[Deployment]" -> "shop/db[Deployment]" [label="TCP 5432"];');
    const svg = await tree.launchgate('reach -f svg');
    expect(svg.out).toMatch(
      /^<svg [^]*<title>shop\/web\[Deployment\] =&gt; shop\/db\[Deployment\] : TCP 5432<\/title>[^]*<\/svg>\n$/,
    );
    expect(svg.out).not.toMatch(/href|<script|url\(/);
  });

  it('finds what a closed namespace keeps from working: DNS, a scrape', async () => {
    const tree = workspace({
      ...FILES,
      'k8s/monitor.yaml': `apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: db, namespace: shop }
spec: { selector: { matchLabels: { job: db } }, endpoints: [{ port: sql }] }
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main, namespace: shop }
`,
      'k8s/db-service.yaml': SERVICE.replace('namespace: shop', 'namespace: shop, labels: { job: db }'),
      'k8s/policies.yaml': POLICIES.replace('[Ingress]', '[Ingress, Egress]'),
      'launchgate.yaml': `${SPEC}  - { from: service/web, to: service/db, port: 15432 }\n`,
    });
    const { code, out } = await tree.launchgate('reach --diff declared');
    expect(code).toBe(1);
    expect(out).toContain(
      'shop/web[Deployment] => shop/db[Deployment] : TCP 15432  (service/web -> service/db : TCP 15432)',
    );
    expect(out).toContain('shop/web[Deployment] => kube-system/kube-dns : UDP 53');
    expect(out).toContain('shop/web[Deployment] => kube-system/kube-dns : TCP 53');
    expect(out).toContain(
      'shop/main[Prometheus] => shop/db[Deployment] : TCP 5432  (ServiceMonitor shop/db has it scraped)',
    );
  });

  it('has a row for an ingress controller that is not in the repository', async () => {
    const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec: { ingressClassName: nginx, rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] }
---
${SERVICE.replace('name: database', 'name: web').replace('app: db', 'app: web').replace('port: 15432', 'port: 80')}`;
    const open = workspace({ 'k8s/web.yaml': deployment('web', 8080), 'k8s/ingress.yaml': ingress });
    expect((await open.launchgate('reach')).out).toContain('{ingress-controller} => shop/web[Deployment] : TCP 8080\n');
    const closed = workspace({ ...FILES, 'k8s/ingress.yaml': ingress });
    expect((await closed.launchgate('reach --diff declared')).out).toContain(
      '{ingress-controller} => shop/web[Deployment] : TCP 8080  (Ingress shop/web sends requests there)',
    );
  });

  it('spells out what would drive a terminal', async () => {
    const tree = workspace({
      'k8s/web.yaml': deployment('"w\\u001b[31mb"', 80).replace('registry.example/"w\\u001b[31mb":1.0', 'x:1'),
    });
    for (const format of ['human', 'dot', 'svg']) {
      const { out } = await tree.launchgate(`reach -f ${format}`);
      expect(out).toContain('w\\u001b[31mb'.replaceAll('\\', format === 'dot' ? '\\\\' : '\\'));
      expect(out).not.toContain('\u001b');
    }
  });

  it('could not read all of it: 2, and says what', async () => {
    const { code, err } = await workspace({ ...FILES, 'k8s/broken.yaml': 'kind: [\napiVersion: v1\n' }).launchgate(
      'reach',
    );
    expect(code).toBe(2);
    expect(err).toContain('not read k8s/broken.yaml');
  });

  it('could not tell of a folder without workloads: 2, alone or compared with', async () => {
    const tree = workspace({ ...FILES, 'docs/readme.md': '# Nothing\n' });
    for (const line of ['reach docs', 'reach --diff docs', 'reach k8s/policies.yaml', 'reach docs --diff declared']) {
      const { code, out, err } = await tree.launchgate(line);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(/^launchgate: no workload was found in /);
    }
  });

  it('stays symbolic where the pairs are too many to print', async () => {
    const { code, out, err } = await workspace(FILES).launchgate('reach --limit 1');
    expect(code).toBe(0);
    expect(out).toContain(
      'shop/db[Deployment] : ingress isolated by NetworkPolicy shop/db, NetworkPolicy shop/default-deny',
    );
    expect(err).toContain('More than 1 connections');
    expect(await workspace(FILES).launchgate('reach --limit 1 -f dot')).toMatchObject({ code: 2, out: '' });
  });
});
