/**
 * `api` serving: read configuration -> logs, metrics, traces -> credentials -> stores -> deny-list -> routes and hub -> listen. Leaving goes the
 * other way round, by the lifecycle. Nothing waits for a store at the start: what is away is reported by the health checks, and each
 * request that needs it is answered within its deadline.
 */
import { createCache } from '@launchgate/runtime/cache';
import { accessLog, createLogger, flushLogger, loggerOptions, type Logger } from '@launchgate/runtime/logging';
import { contextFields, correlation, correlationOf, current, toEnvelope } from '@launchgate/runtime/correlation';
import { requireNotRevoked } from '@launchgate/runtime/denylist';
import { createHealth, createShedder, healthServer, sheddingPlugin, type Health } from '@launchgate/runtime/health';
import { createLifecycle, endEventStream, lifecyclePlugin, readLifecycleOptions, type Lifecycle } from '@launchgate/runtime/lifecycle';
import { openCertificate, rotateServer, serverTls } from '@launchgate/runtime/mtls';
import { serveMetrics, startTelemetry, telemetry } from '@launchgate/runtime/telemetry';
import { createReceiver, webhookPlugin } from '@launchgate/runtime/webhooks';
import type { FastifyInstance } from 'fastify';
import { createAccounts } from '../accounts/accounts.ts';
import { requiredSecret } from '../config/secret.ts';
import { serveConfig, type ServeConfig } from '../config/serve.ts';
import { createApp } from '../http/app.ts';
import { createOutbound } from '../http/get-json.ts';
import { createRateLimit } from '../http/rate-limit.ts';
import { discoverKeys } from '../identity/discovery.ts';
import { createKeySet } from '../identity/keys.ts';
import { createVerifier } from '../identity/token.ts';
import { stripeHandlers, stripeListing } from '../webhooks/stripe.ts';
