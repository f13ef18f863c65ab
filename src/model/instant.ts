const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d.*(?:Z|[+-]\d\d:\d\d)$/i;

/** A moment as RFC 3339 writes it, with its zone; `undefined` for any other text, and for a day that no month has. */
export function parseInstant(text: string): Date | undefined {
  const [, year, month, day] = INSTANT.exec(text)?.map(Number) ?? [];
  const instant = new Date(text);
  if (year === undefined || month === undefined || Number.isNaN(instant.getTime())) return undefined;
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day ? instant : undefined;
}
