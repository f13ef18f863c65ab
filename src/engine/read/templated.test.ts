import { describe, expect, it } from 'vitest';
import { looksTemplated } from './templated.ts';

describe('looksTemplated', () => {
  it.each([
    'replicas: {{ .Values.replicas }}\n',
    'name: "{{ .Release.Name }}-api"\n',
    '{{- if .Values.x }}\na: 1\n{{- end }}\n',
    'metadata:\n  labels:\n    {{- include "api.labels" . | nindent 4 }}\n',
    '  {{- range $k, $v := .items }}\n',
    '{{/* a comment */}}\na: 1\n',
    'a: {{ $.Values.global.x }}\n',
    '{% if x %}\na: 1\n{% endif %}\n',
    '#@ load("@ytt:data", "data")\na: 1\n',
    'spec:\n  replicas: #@ data.values.replicas\n',
    'a:\n  #@ if data.values.x:\n  b: 1\n  #@ end\n',
  ])('%j is a template', (text) => {
    expect(looksTemplated(text)).toBe(true);
  });

  it.each([
    'a: 1\n',
    'summary: "{{ $labels.instance }} is down, {{ $value | humanize }}"\n',
    'run: echo ${{ github.ref }}\n',
    'run: |\n  echo ${{ toJSON(github) }}\n',
    'data:\n  t.tmpl: |\n    {{ define "x" }}{{ .Values.a }}{{ end }}\n    {{ range .Alerts }}\n',
    'data:\n  t.tmpl: |-\n\n      {{ if .x }}\n  other: 1\n',
    'text: \'{{ template "slack.text" . }}\'\n',
    'a: "}}" # {{\n',
    'a: "#@ x" # @team\n',
    'run: |\n  #@ not code\n',
  ])('%j is not', (text) => {
    expect(looksTemplated(text)).toBe(false);
  });

  it('judges a large text of braces at once', () => {
    expect(looksTemplated('{{'.repeat(500_000))).toBe(false);
    expect(looksTemplated('{{ '.repeat(100_000))).toBe(false);
  });
});
