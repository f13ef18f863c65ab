/** Two workloads, of which one is closed to all but the other. */

/** A Deployment of namespace `shop`; `more` goes into the spec of its pods. */
export function deployment(name: string, port: number, more = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { ${more}containers: [{ name: main, image: "registry.example/${name}:1.0", ports: [{ name: main, containerPort: ${port} }] }] }
`;
}

export const POLICIES = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: default-deny, namespace: shop }
spec: { podSelector: {}, policyTypes: [Ingress] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec:
  podSelector: { matchLabels: { app: db } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: web } } }]
      ports: [{ port: main }]
`;

export const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: database, namespace: shop }
spec: { selector: { app: db }, ports: [{ name: sql, port: 15432, targetPort: main }] }
`;

export const FILES = {
  'k8s/web.yaml': deployment('web', 8080),
  'k8s/db.yaml': deployment('db', 5432),
  'k8s/db-service.yaml': SERVICE,
  'k8s/policies.yaml': POLICIES,
};
