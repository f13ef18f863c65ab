/** The Kubernetes API as a kubeconfig, or a pod's own account, reaches it. Only what drills need: a GET, a PATCH, a DELETE. */
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { LaunchgateError } from '../../../model/errors.ts';
import { parseJson } from '../../../model/json.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const MOST_BYTES = 16 * 1024 * 1024;

/** As much of a kubeconfig as is used. Others' ways to log in (exec plugins) are refused by name, not skipped. */
const kubeconfig = z.looseObject({
  'current-context': z.string().optional(),
  contexts: z.array(
    z.looseObject({ name: z.string(), context: z.looseObject({ cluster: z.string(), user: z.string() }) }),
  ),
  clusters: z.array(
    z.looseObject({
      name: z.string(),
      cluster: z.looseObject({
        server: z.url(),
        'certificate-authority': z.string().optional(),
        'certificate-authority-data': z.string().optional(),
        'insecure-skip-tls-verify': z.boolean().optional(),
      }),
    }),
  ),
  users: z.array(
    z.looseObject({
      name: z.string(),
      user: z.looseObject({
        token: z.string().optional(),
        tokenFile: z.string().optional(),
        'client-certificate': z.string().optional(),
        'client-certificate-data': z.string().optional(),
        'client-key': z.string().optional(),
        'client-key-data': z.string().optional(),
      }),
    }),
  ),
});

export interface KubeAccess {
  readonly server: string;
  readonly ca?: string;
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The access that a kubeconfig gives; without one, that of the pod this runs in. Throws `usage` where there is neither. */
export function kubeAccess(place: {
  readonly file?: string | undefined;
  readonly context?: string | undefined;
}): KubeAccess {
  const file = place.file ?? join(homedir(), '.kube', 'config');
  if (place.file === undefined && existsSync(`${ACCOUNT}/token`)) return podAccess();
  if (!existsSync(file)) throw new LaunchgateError('usage', `there is no kubeconfig ${file}`);
  const parsed = kubeconfig.safeParse(parse(readFileSync(file, 'utf8')));
  if (!parsed.success)
    throw new LaunchgateError('usage', `${file}: ${z.prettifyError(parsed.error).replaceAll(/\s+/g, ' ')}`);
  const config = parsed.data;
  const name = place.context ?? config['current-context'];
  const context = config.contexts.find((one) => one.name === name)?.context;
  const cluster = config.clusters.find((one) => one.name === context?.cluster)?.cluster;
  const user = config.users.find((one) => one.name === context?.user)?.user;
  if (cluster === undefined || user === undefined)
    throw new LaunchgateError('usage', `${file} has no context ${name ?? ''} with cluster and user`);
  if (cluster['insecure-skip-tls-verify'] === true)
    throw new LaunchgateError(
      'usage',
      `${file} does not verify the server of ${name}; a drill must know what it talks to`,
    );
  const read = (path: string | undefined, data: string | undefined): string | undefined => {
    if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
    return path === undefined ? undefined : readFileSync(isAbsolute(path) ? path : join(dirname(file), path), 'utf8');
  };
  const access = {
    server: cluster.server,
    ca: read(cluster['certificate-authority'], cluster['certificate-authority-data']),
    token: user.token ?? read(user.tokenFile, undefined)?.trim(),
    cert: read(user['client-certificate'], user['client-certificate-data']),
    key: read(user['client-key'], user['client-key-data']),
  };
  if (access.token === undefined && access.cert === undefined)
    throw new LaunchgateError('usage', `${file}: ${name} logs in by a plugin, which is not supported`, {
      next: 'Give a kubeconfig with a token or a client certificate.',
    });
  return Object.fromEntries(Object.entries(access).filter(([, value]) => value !== undefined)) as unknown as KubeAccess;
}

function podAccess(): KubeAccess {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = process.env;
  return {
    server: `https://${host ?? 'kubernetes.default.svc'}:${port}`,
    ca: readFileSync(`${ACCOUNT}/ca.crt`, 'utf8'),
    token: readFileSync(`${ACCOUNT}/token`, 'utf8').trim(),
  };
}

/** Below the server's own path, where a proxy may have one for each cluster; a path cannot lead out of it. */
function addressOf(server: string, path: string): URL {
  const { origin, pathname } = new URL(server);
  const base = `${origin}${pathname.replace(/\/+$/, '')}`;
  const address = new URL(`${base}${path}`);
  if (address.href.startsWith(`${base}/`)) return address;
  throw new LaunchgateError('usage', `${path} leads out of ${server}`);
}

/** One call; rejects with the API's message for any status of 400 and more. */
export function kubeCall(
  { server, ca, token, cert, key }: KubeAccess,
  method: 'GET' | 'PATCH' | 'DELETE',
  path: string,
  signal: AbortSignal,
  patch?: unknown,
): Promise<unknown> {
  const body = patch === undefined ? undefined : Buffer.from(JSON.stringify(patch));
  return new Promise((resolve, reject) => {
    const sent = request(
      addressOf(server, path),
      {
        method,
        signal,
        agent: false,
        headers: {
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/merge-patch+json', 'content-length': body.byteLength }),
        },
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes > MOST_BYTES) sent.destroy(new Error(`the answer has more than ${MOST_BYTES} bytes`));
        });
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const answer = parseJson(text);
          const { statusCode = 0 } = response;
          if (statusCode < 400 && answer !== undefined) return resolve(answer);
          const { message = text.slice(0, 200) } = (answer ?? {}) as { message?: string };
          reject(new Error(`${method} ${path} answers ${statusCode}: ${message}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
