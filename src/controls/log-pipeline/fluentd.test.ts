import { describe, expect, it } from 'vitest';
import { fluentdSinks } from './fluentd.ts';

const TAIL = '<source>\n  @type tail\n  tag kubernetes.*\n  <parse>\n    @type json\n  </parse>\n</source>\n';

function match(pattern: string, type: string, more = ''): string {
  return `<match ${pattern}>\n  @type ${type}\n${more}</match>\n`;
}

function sinksOf(...texts: string[]): string[] {
  return fluentdSinks(texts.map((text, index) => ({ name: `${index}.conf`, text })));
}

describe('outputs of Fluentd', () => {
  it.each([
    ['the first that fits', match('**', 'null') + match('kubernetes.**', 'es'), ['null']],
    ['one behind what takes others', match('fluent.**', 'null') + match('kubernetes.**', 'es'), ['es']],
    [
      'one behind what takes a few',
      match('kubernetes.var.log.containers.fluentd**', 'null') + match('**', 'es'),
      ['es'],
    ],
    ['none, for a tag that begins alike', match('kube.**', 'es'), []],
    ['none, for one part of a tag alone', match('kubernetes.*', 'es'), []],
    ['any part in front', match('**.log', 'es'), ['es']],
    ['one of several patterns', match('app.** kubernetes.**', 'es'), ['es']],
    ['one of a choice', match('{app,kubernetes}.**', 'es'), ['es']],
    ['copies', match('**', 'copy', '<store>\n@type s3\n</store>\n<store>\n@type es\n</store>\n'), ['s3', 'es']],
    [
      'another label',
      `${match('**', 'relabel', '@label @OUT\n')}<label @OUT>\n${match('**', 'es')}</label>\n${match('**', 's3')}`,
      ['es'],
    ],
    [
      'a label that leads to itself',
      `${match('**', 'relabel', '@label @A\n')}<label @A>\n${match('**', 'relabel', '@label @A\n')}</label>`,
      [],
    ],
    ['one behind what is no pattern', match('?', 'null') + match('a{b}}', 'null') + match('**', 'es'), ['es']],
    ['a pattern that a variable fills in', match('"#{ENV[\'TAG\']}"', 'null') + match('**', 'es'), ['null', 'es']],
  ])('%s', (_, matches, expected) => expect(sinksOf(TAIL + matches)).toEqual(expected));

  it('are all where tags come with the lines, or are given anew', () => {
    const two = match('**', 'null') + match('app.**', 'es');
    expect(sinksOf(`<source>\n  @type forward\n</source>\n${two}`)).toEqual(['null', 'es']);
    expect(sinksOf(two)).toEqual(['null', 'es']);
    expect(sinksOf(`${TAIL}${match('kubernetes.**', 'rewrite_tag_filter')}${match('app.**', 'es')}`)).toContain('es');
  });

  it('are found where the tag stands in quotes, and within a worker', () => {
    const quoted = TAIL.replace('kubernetes.*', '"kubernetes.*"').replace('tail', "'tail'");
    expect(sinksOf(quoted + match('kubernetes.**', '"es"'))).toEqual(['es']);
    const meter = '<source>\n@type prometheus\n</source>\n';
    expect(sinksOf(`${meter}<worker 0>\n${TAIL}${match('kubernetes.**', 'es')}</worker>`)).toEqual(['es']);
  });

  it('are all where what reads lines is not among the files', () => {
    const meter = '<source>\n@type prometheus\n</source>\n';
    expect(sinksOf(meter + match('app.**', 'es'))).toEqual(['es']);
    expect(sinksOf(`${TAIL}@include app.conf\n${match('app.**', 'es')}`)).toEqual(['es']);
  });

  it('begin under the label of their source', () => {
    const source = TAIL.replace('tag', '@label @IN\n  tag');
    expect(sinksOf(`${source}${match('**', 's3')}<label @IN>\n${match('**', 'es')}</label>`)).toEqual(['es']);
    const back = `<label @IN>\n${match('**', 'relabel', '@label @ROOT\n')}</label>\n`;
    expect(sinksOf(source + back + match('**', 's3'))).toEqual(['s3']);
  });

  it('stand in the order in which files are included', () => {
    const main = (order: readonly string[]): string => order.map((name) => `@include ${name}`).join('\n');
    const files = ['', TAIL, match('**', 'null'), match('kubernetes.**', 'es')];
    expect(sinksOf(main(['1.conf', '2.conf', '3.conf']), ...files.slice(1))).toEqual(['null']);
    expect(sinksOf(main(['config.d/1.conf', '3.conf', '2.conf']), ...files.slice(1))).toEqual(['es']);
    expect(sinksOf('@include 0.conf', TAIL, match('**', 'es'))).toEqual(['es']);
  });

  it('are found where the main file includes a folder beside it, as the official chart has it', () => {
    const label = (name: string, body: string): string => `<label @${name}>\n${body}</label>\n`;
    const files = [
      ['04_outputs.conf', label('OUTPUT', match('**', 'es'))],
      ['fluent.conf', `${label('FLUENT_LOG', match('**', 'null'))}@include config.d/*.conf\n`],
      ['01_sources.conf', TAIL.replace('tag', '@label @KUBERNETES\n  tag')],
      ['02_filters.conf', label('KUBERNETES', match('**', 'relabel', '@label @OUTPUT\n'))],
    ].map(([name = '', text = '']) => ({ name, text }));
    expect(fluentdSinks(files)).toEqual(['es']);
  });

  it('are told in no time of files that include each other', () => {
    const circle = Array.from({ length: 30 }, () => `@include *.conf\n${match('**', 'es')}`);
    expect(new Set(sinksOf(TAIL, ...circle))).toEqual(new Set(['es']));
  });
});
