import { isPlaceholder, ownPart } from './placeholders.ts';

/**
 * The password in an entry of a registry's login: `{"auth": "…"}` with user and password in Base64, as `docker login` writes it into
 * `auths` and Kubernetes takes it in a Secret of type `kubernetes.io/dockerconfigjson`. Undefined: it is no such entry.
 * https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/
 */
export function registryPassword(entry: Readonly<Record<string, unknown>>): string | undefined {
  const { auth, password } = entry;
  if (typeof auth !== 'string' || ownPart(auth) === '') return undefined;
  const login = Buffer.from(auth, 'base64').toString('utf8');
  if (!/^[\x21-\x39\x3b-\x7e]+:[\x20-\x7e\s]+$/.test(login)) return undefined;
  const held = typeof password === 'string' ? password : login.slice(login.indexOf(':') + 1);
  return isPlaceholder(held) || ownPart(held) === '' ? undefined : held;
}
