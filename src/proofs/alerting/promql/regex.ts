/** A regular expression of Prometheus: RE2, anchored on both sides. `undefined` where this runtime cannot compile it. */
export function anchored(pattern: string): RegExp | undefined {
  try {
    const insensitive = pattern.startsWith('(?i)');
    const plain = pattern.replace(/^\(\?[is]+\)/, '').replaceAll('(?P<', '(?<');
    return new RegExp(`^(?:${plain})$`, insensitive ? 'is' : 's');
  } catch {
    return undefined;
  }
}

/** Whether RE2 surely refuses the pattern; flags and other groups that only one of the two knows are let through. */
export function isRefused(pattern: string): boolean {
  return !/\(\?(?!:|P?<)/.test(pattern) && anchored(pattern) === undefined;
}
