/** How a piece of text looks: weight, and one of the basic colours. */
export type Tone = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** Text of one look. */
export interface Run {
  readonly text: string;
  readonly tones: readonly Tone[];
}

const COLOURS: Readonly<Record<number, Tone>> = {
  31: 'red',
  32: 'green',
  33: 'yellow',
  34: 'blue',
  35: 'magenta',
  36: 'cyan',
};

/** Splits a line at its Select Graphic Rendition sequences (ECMA-48). Throws a RangeError for any other sequence or parameter. */
export function ansiRuns(line: string): Run[] {
  const [plain = '', ...rest] = line.split('\u001B[');
  const runs: Run[] = plain === '' ? [] : [{ text: plain, tones: [] }];
  let tones: readonly Tone[] = [];
  for (const part of rest) {
    const [, parameters, text] = /^([\d;]*)m(.*)$/.exec(part) ?? [];
    if (parameters === undefined || text === undefined) throw new RangeError(`not a colour: ${JSON.stringify(part)}`);
    tones = parameters.split(';').map(Number).reduce(applied, tones);
    if (text !== '') runs.push({ text, tones });
  }
  return runs;
}

function applied(tones: readonly Tone[], parameter: number): readonly Tone[] {
  const without = (...gone: readonly Tone[]): Tone[] => tones.filter((tone) => !gone.includes(tone));
  const colour = COLOURS[parameter];
  if (colour !== undefined) return [...without(...Object.values(COLOURS)), colour];
  switch (parameter) {
    case 0:
      return [];
    case 1:
      return [...without('bold'), 'bold'];
    case 2:
      return [...without('dim'), 'dim'];
    case 22:
      return without('bold', 'dim');
    case 39:
      return without(...Object.values(COLOURS));
    default:
      throw new RangeError(`the picture knows no SGR parameter ${parameter}`);
  }
}
