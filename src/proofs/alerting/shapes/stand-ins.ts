/** What a template or the documentation has left in a value for somebody to fill in. */
const STANDS_IN =
  /^<[^<>]*>$|^\[redacted\]$|^example@email\.com$|^x{4,}$|replace[-_ ]?(?:me|with|this)|change[-_ ]?me|your[-_ ]|placeholder|insert[-_ ]|\/services\/(?:t0{8}|x{3,}|\.\.\.)/i;

/** The receiver of the configuration that Alertmanager comes with (`doc/examples/simple.yml`). */
const STOCK = /^https?:\/\/127\.0\.0\.1:5001\/?$/;

/** Whether nothing can be sent with a value as it is: it is an example's. */
export function standsIn(value: unknown): boolean {
  return typeof value === 'string' && (STANDS_IN.test(value) || STOCK.test(value));
}
