/** Host names of Gateway API, whose wildcards stand for one label or more, unlike those of Ingress. */

/** Whether a name of a listener, possibly `*.example.com`, is good for all hosts that another stands for. */
export function within(host: string, pattern: string): boolean {
  return host === pattern || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
}

/** Whether there is a host that both stand for. */
export function hostsMeet(one: string, other: string): boolean {
  return within(one, other) || within(other, one);
}

/** The hosts that both stand for: the narrower of the two. */
export function narrower(one: string, other: string | undefined): string {
  return other === undefined || within(one, other) ? one : other;
}
