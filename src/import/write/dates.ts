/** Days as people write them, where only one day can be meant. */

const MONTHS: readonly RegExp[] = [
  /^jan(?:uary|uar|vier)?$/,
  /^(?:feb(?:ruary|ruar)?|févr(?:ier)?)$/,
  /^(?:mar(?:ch|s)?|märz)$/,
  /^(?:apr(?:il)?|avr(?:il)?)$/,
  /^(?:may|mai)$/,
  /^(?:june?|juni|juin)$/,
  /^(?:july?|juli|juil(?:let)?)$/,
  /^(?:aug(?:ust)?|août)$/,
  /^sept?(?:ember|embre)?$/,
  /^(?:o[ck]t(?:ober|obre)?)$/,
  /^nov(?:ember|embre)?$/,
  /^(?:de[cz](?:ember)?|déc(?:embre)?)$/,
];

const DAY_FIRST = /^(\d{1,2})(?:st|nd|rd|th|er)?\.?\s+(?:of\s+)?(\p{L}{3,10})\.?,?\s+(\d{4})$/u;
const MONTH_FIRST = /^(\p{L}{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/u;
const DOTTED = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$/;
const YEAR_FIRST = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/;

/**
 * The ISO date that a whole text is: `1 May 2026`, `May 1st, 2026`, `31.12.2026`, `2026/05/01`. Undefined for one that does not exist,
 * and for `05/06/2026`, which is May to some and June to others.
 */
export function wholeDate(text: string): string | undefined {
  const said = text.trim().toLowerCase().normalize('NFC');
  const [, day, month, year] = DAY_FIRST.exec(said) ?? DOTTED.exec(said) ?? [];
  if (year !== undefined) return isoOf(year, month, day);
  const [, named, numbered, ofYear] = MONTH_FIRST.exec(said) ?? [];
  if (ofYear !== undefined) return isoOf(ofYear, named, numbered);
  const [, first, second, third] = YEAR_FIRST.exec(said) ?? [];
  return first === undefined ? undefined : isoOf(first, second, third);
}

/** An ISO date that exists, inside a text. */
export function dateIn(text: string): string | undefined {
  const [, year, month, day] = /\b(\d{4})-(\d{2})-(\d{2})\b/.exec(text) ?? [];
  return year === undefined ? undefined : isoOf(year, month, day);
}

function isoOf(year: string, month = '', day = ''): string | undefined {
  const number = /^\d+$/.test(month) ? month : String(MONTHS.findIndex((name) => name.test(month)) + 1);
  const date = `${year}-${number.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const parsed = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== date ? undefined : date;
}
