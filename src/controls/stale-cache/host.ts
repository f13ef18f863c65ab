/** The host in an address as programs are given it: `host`, `host:port`, `[::1]:6379`, `rediss://user@host:6379/0`, or the first of a list. */
export function hostIn(address: string): string | undefined {
  const first = address.split(',')[0]?.trim() ?? '';
  if (first.startsWith('unix:') || first.startsWith('/')) return 'localhost';
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(first) ? first : `redis://${first}`;
  if (!URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return hostname === '' ? undefined : hostname.toLowerCase();
}

/** `cache` of `cache.data.svc.cluster.local`: the Service of a cluster is its first label. */
export function nameOfHost(host: string): string {
  return host.split('.')[0] ?? host;
}

/** Whether it leads to the pod itself. */
export function isOwnPod(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '0.0.0.0' || host.startsWith('127.');
}
