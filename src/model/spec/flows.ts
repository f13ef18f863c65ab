/** Who talks to whom, through what, and with which credentials. */
import { z } from 'zod';
import { metrics } from './services.ts';
import { name, duration, port, cidr, text, reference, rate } from './words.ts';

export const flow = z.strictObject({
  from: reference,
  to: reference,
  port: port.optional(),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP'),
  encryption: z.enum(['mtls', 'tls', 'none']).optional(),
});

export const channel = z.strictObject({
  /** A Redis store of this spec. */
  store: name,
  pattern: text,
  publishers: z.array(name).min(1),
  subscribers: z.array(name).min(1),
});

export const edge = z.strictObject({
  /** What terminates public traffic: an ingress class, a Gateway, a load balancer. */
  kind: z.enum(['ingress', 'gateway-api', 'load-balancer', 'nginx', 'managed']).optional(),
  host: text.optional(),
  waf: z
    .strictObject({
      mode: z.enum(['monitor', 'block']).optional(),
      paranoia: z.int().min(1).max(4).optional(),
      ramp: z.array(z.int().min(1).max(100)).optional(),
      falsePositiveThreshold: z.number().optional(),
      runbook: text.optional(),
    })
    .optional(),
});

export const subnet = z.strictObject({
  name,
  cidrs: z.array(cidr).min(1),
  tier: z.enum(['public', 'private', 'data', 'gpu', 'management']).optional(),
  /** What of the cluster has its addresses here. */
  holds: z.array(z.enum(['pods', 'nodes'])).default([]),
});

export const external = z.strictObject({
  name,
  hosts: z.array(text).default([]),
  cidrs: z.array(cidr).default([]),
  /** What it lets us call at most. */
  rateLimit: rate.optional(),
  metrics: metrics.optional(),
});

export const certificate = z.strictObject({
  name,
  issuer: text.optional(),
  ttl: duration.optional(),
  renewBefore: duration.optional(),
  sop: text.optional(),
});

export const credential = z.strictObject({
  name,
  kind: z
    .enum(['database', 'redis', 'nats', 'stripe', 'keycloak', 'jwks', 'terminal-token', 'webhook', 'registry', 'other'])
    .default('other'),
  mechanism: z.enum(['external-secrets', 'sops', 'vault', 'csi', 'sealed-secrets', 'cloud']).optional(),
  /** The Kubernetes Secret it arrives in, by default one of the credential's name. */
  secret: text.optional(),
  rotation: z.strictObject({ every: duration, overlap: duration.optional(), ttl: duration.optional() }).optional(),
  sop: text.optional(),
  owner: text.optional(),
});
