import type { Cursor } from '../../../../model/cursor.ts';
import { text, texts } from '../../shapes/refused.ts';
import type { Relabel } from '../relabel.ts';

/**
 * A rule of relabelling, as Prometheus writes it (`source_labels`) or prometheus-operator (`sourceLabels`). Defaults are Prometheus's
 * own: `(.*)` is replaced by `$1`.
 */
export function readRelabel(at: Cursor): Relabel {
  return {
    action: (text(at.get('action')) ?? 'replace').toLowerCase(),
    sourceLabels: [...texts(at.get('source_labels')), ...texts(at.get('sourceLabels'))],
    separator: text(at.get('separator')) ?? ';',
    regex: text(at.get('regex')) ?? '(.*)',
    targetLabel: text(at.get('target_label')) ?? text(at.get('targetLabel')) ?? '',
    replacement: text(at.get('replacement')) ?? '$1',
  };
}
