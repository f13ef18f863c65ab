/** Standard base64 with padding (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** The bytes of canonical standard base64, or `undefined`: one text for one value, so a changed character never goes unseen. */
export function strictBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** The bytes of standard or URL-safe base64, padded or not, as DSSE asks of readers; `undefined` for anything else. */
export function anyBase64(text: string): Uint8Array | undefined {
  const digits = text.endsWith('=') ? text.length - (text.endsWith('==') ? 2 : 1) : text.length;
  if (digits % 4 === 1 || (digits !== text.length && text.length % 4 !== 0)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === Math.floor((digits * 3) / 4) ? bytes : undefined;
}
