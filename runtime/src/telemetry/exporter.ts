/**
 * Sends spans to a collector as OTLP/HTTP JSON (OTLP 1.x, "OTLP/HTTP Request"), by undici. The SDK's exporter uses the client of `node:http`,
 * and that a process both serves and calls through it costs every request of a busy server several microseconds.
 */
import type { SecureContextOptions } from 'node:tls';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { Agent, buildConnector, request } from 'undici';

export interface ExporterOptions {
  /** `http://otel:4318/v1/traces` */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Asked at each connection, so that a renewed certificate is used without a restart. */
  readonly tls?: (() => SecureContextOptions) | undefined;
  readonly timeoutMs: number;
}

/** `ExportResultCode` of the SDK: 0 for success, 1 for failure. */
const SUCCESS = 0;
const FAILURE = 1;

export function otlpExporter({ url, headers, tls, timeoutMs }: ExporterOptions): SpanExporter {
  const dispatcher = new Agent({
    connections: 2,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: (options, callback) =>
      buildConnector({ timeout: timeoutMs, ...(tls === undefined ? {} : tls()) })(options, callback),
  });
  async function send(spans: ReadableSpan[]): Promise<boolean> {
    const body = JsonTraceSerializer.serializeRequest(spans);
    if (body === undefined) return false;
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      dispatcher,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body.dump();
    return answer.statusCode >= 200 && answer.statusCode < 300;
  }
  return {
    async export(spans, done) {
      try {
        done({ code: (await send(spans)) ? SUCCESS : FAILURE });
      } catch (error) {
        done({ code: FAILURE, error: error instanceof Error ? error : new Error(String(error)) });
      }
    },
    shutdown: () => dispatcher.destroy(),
  };
}
