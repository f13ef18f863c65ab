const REQUEST_ID = /^[A-Za-z0-9._:-]{8,128}$/;

/** 8 to 128 letters, digits, `.`, `_`, `:` or `-`: safe in a log, a header and a file name, and long enough not to collide by chance. */
export function isRequestId(value: unknown): value is string {
  return typeof value === 'string' && REQUEST_ID.test(value);
}
