import { describe, expect, it } from 'vitest';
import { substituteVariables } from './substitute.ts';

const substitute = { x: '1', none: '' };

describe('substituteVariables', () => {
  it.each([
    ['a: ${x}', 'a: 1'],
    ['a: ${y:-2}', 'a: 2'],
    ['a: ${y:=2}', 'a: 2'],
    ['a: ${y-2}', 'a: 2'],
    ['a: ${y=2}', 'a: 2'],
    ['a: ${x:-2}', 'a: 1'],
    ['a: ${x:-${y}}', 'a: 1'],
    ['a: ${none:-2}', 'a: 2'],
    ['a: "${y}"', 'a: ""'],
    ['a: ${toString}', 'a: '],
    ['a: $${x}', 'a: ${x}'],
    ['a: $x', 'a: $x'],
  ])('%s becomes %s', (before, after) => {
    expect(substituteVariables(before, { substitute })).toEqual({ text: after, unknown: [] });
  });

  it.each(['${x^^}', '${y:-${x}}', '${#x}', '${1}', '${none-2}'])('does not guess %s', (expression) => {
    const text = `a: ${expression}`;
    expect(substituteVariables(text, { substitute })).toEqual({ text, unknown: [expression] });
  });

  it('knows nothing of what is hidden, a default neither', () => {
    const hidden = substituteVariables('${x} ${y:-2} ${z}', { substitute, hiddenVariables: { from: ['Secret s'] } });
    expect(hidden).toEqual({ text: '1 ${y:-2} ${z}', unknown: ['${y:-2}', '${z}'] });
    const hiddenVariables = { from: ['Secret s'], names: ['z'] };
    expect(substituteVariables('${x} ${y:-2} ${z}', { substitute, hiddenVariables })).toEqual({
      text: '1 2 ${z}',
      unknown: ['${z}'],
    });
  });

  it.each([
    ['without variables', {}, 'a: ${y:-2}'],
    ['in an object that wants none', { substitute }, "kustomize.toolkit.fluxcd.io/substitute: 'disabled'\na: ${x}"],
  ])('fills in nothing %s', (_, variables, text) => {
    expect(substituteVariables(text, variables)).toEqual({ text, unknown: [] });
  });

  it('goes on behind an object that wants nothing filled in, and asks nothing of comments', () => {
    const text = '"kustomize.toolkit.fluxcd.io/substitute": disabled\na: ${x}\n---\n# ${x^^}\na: ${x}\n';
    expect(substituteVariables(text, { substitute })).toEqual({
      text: text.replace(/\$\{x\}\n$/, '1\n'),
      unknown: [],
    });
  });
});
