/** What a piece of text means; the style decides how that looks. */
export type Tone =
  | 'critical'
  | 'high'
  | 'medium'
  | 'low'
  | 'pass'
  | 'unknown'
  | 'heading'
  | 'strong'
  | 'path'
  | 'quiet';

/** Decorates text for a terminal; never changes its width. */
export type Style = (tone: Tone, text: string) => string;

/** Select Graphic Rendition parameters of ECMA-48: the sixteen colours that every palette adapts, no fixed shades. */
const SGR: Readonly<Record<Tone, readonly [on: string, off: string]>> = {
  critical: ['1;31', '22;39'],
  high: ['31', '39'],
  medium: ['33', '39'],
  low: ['34', '39'],
  pass: ['32', '39'],
  unknown: ['35', '39'],
  heading: ['1', '22'],
  strong: ['1', '22'],
  path: ['36', '39'],
  quiet: ['2', '22'],
};

export const plainStyle: Style = (_tone, text) => text;

export const ansiStyle: Style = (tone, text) => {
  if (text === '') return '';
  const [on, off] = SGR[tone];
  return `\u001B[${on}m${text}\u001B[${off}m`;
};
