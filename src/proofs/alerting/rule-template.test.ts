import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needs } from '../../../test/need.ts';
import { templateMistake } from './rule-template.ts';

const RIGHT = [
  'no template at all }}',
  '{{ $labels.instance }} of {{ .Labels.job }} is {{ $value | printf "%.2f" }}',
  '{{- $value | humanizePercentage -}}',
  '{{/* a comment with }} in it */}}x',
  '{{ range query "up" }}{{ .Labels.x }}{{ else }}none{{ end }}',
  '{{ with $x := $value }}{{ $x }}{{ end }}',
  '{{ range $i, $e := query "up" }}{{ $i }} {{ $e.Value }}{{ end }}',
  '{{ if and (eq $labels.a "b") (gt $value 1.5) }}a{{ else if true }}b{{ else }}c{{ end }}',
  '{{ (index $labels "app.kubernetes.io/name") }}',
  "{{ `raw }} text` }}{{ 'a' }}{{ $externalLabels.x }}{{ $ }}",
  '{{ first (query "up") | value }}{{ $v := 1 }}{{ $v }}',
  '{{ define "x" }}{{ .Value }}{{ end }}{{ template "x" . }}',
];

const WRONG: readonly (readonly [string, string])[] = [
  ['{{ $labels.instance }', 'unexpected "}"'],
  ['{{ $label.instance }}', 'undefined variable "$label"'],
  ['{{ $values.A.Value }}', 'undefined variable "$values"'],
  ['{{ $value | humanise }}', 'function "humanise" not defined'],
  ['{{ $value', 'unclosed action'],
  ['{{ printf "%.2f }}', 'unterminated quoted string'],
  ["{{ 'two' }}", 'unterminated quoted string'],
  ['{{ $labels.a-b }}', 'unexpected "-"'],
  ['{{ $labels["x"] }}', 'unexpected "["'],
  ['{{ (index $labels "x" }}', 'unclosed left paren'],
  ['{{ index $labels "x") }}', 'unexpected right paren'],
  ['{{}}', 'missing value for command'],
  ['{{ if $value }}a', '{{if}} has no {{end}}'],
  ['a{{ end }}', 'unexpected {{end}}'],
  ['{{ else }}', 'unexpected {{else}}'],
  ['{{ break }}', '{{break}} outside {{range}}'],
  ['{{ range $i, $e := query "up" }}{{ end }}{{ $e }}', 'undefined variable "$e"'],
  ['{{ define "x" }}{{ $value }}{{ end }}', 'undefined variable "$value"'],
];

describe('templates of alerts', () => {
  it.each(RIGHT)('%s is right', (text) => {
    expect(templateMistake(text)).toBeUndefined();
  });

  it.each(WRONG)('%s is wrong', (text, mistake) => {
    expect(templateMistake(text)).toBe(mistake);
  });

  it('that another tool expands first are left to it', () => {
    expect(templateMistake("{{ '{{' }} $value {{ '}}' }}")).toBeUndefined();
    expect(templateMistake('{% raw %}{{ $values }}{% endraw %}')).toBeUndefined();
  });
});

it.runIf(needs('promtool'))('promtool says the same', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-template-'));
  try {
    const refuses = (summary: string): boolean => {
      const path = join(folder, 'rules.json');
      const rules = [{ alert: 'A', expr: 'up == 0', annotations: { summary } }];
      writeFileSync(path, JSON.stringify({ groups: [{ name: 'g', rules }] }));
      return spawnSync('promtool', ['check', 'rules', path]).status !== 0;
    };
    expect(RIGHT.filter(refuses)).toEqual([]);
    expect(WRONG.filter(([text]) => !refuses(text))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
