import type { Origin } from '../../../../model/origin.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { Refusal } from '../../shapes/refused.ts';
import type { MatcherSyntax, RoutingConfig } from '../types.ts';
import { readConfig } from './config.ts';
import type { Variables } from './variables.ts';
import { originOf, parseEmbedded, shownAt, type Embedded } from './embedded.ts';

/** An Alertmanager with what it routes by. */
export interface FoundAlertmanager {
  /** `Alertmanager monitoring/main`, `ConfigMap monitoring/alertmanager`, or the path of a file. */
  readonly name: string;
  readonly origin: Origin;
  readonly config: RoutingConfig | undefined;
  /** Why there is no configuration: Alertmanager refuses it, or it cannot be seen from here. */
  readonly refused?: Refusal;
  readonly unseen?: string;
  /** AlertmanagerConfigs that the operator leaves out, with the mistake. */
  readonly rejected: readonly { readonly name: string; readonly refusal: Refusal }[];
  /** Whether values can be set at their origins: the configuration is a file of the repository. */
  readonly editable: boolean;
  /** It is the one within Grafana, which routes what Grafana manages. */
  readonly ofGrafana?: true;
}

/** What reading a configuration gives of an Alertmanager. */
export function settled(read: ReturnType<typeof readConfig>): Pick<FoundAlertmanager, 'config' | 'refused'> {
  return 'value' in read ? { config: read.value } : { config: undefined, refused: read.refused };
}

/** An Alertmanager whose configuration is a file within an object. */
export function fromFile(
  view: PlatformView,
  file: Embedded,
  syntax: MatcherSyntax,
  variables: Variables = 'filled-in',
): Pick<FoundAlertmanager, 'config' | 'refused' | 'origin' | 'editable'> {
  const parsed = parseEmbedded(file);
  if ('problem' in parsed)
    return {
      config: undefined,
      refused: { because: parsed.problem, origin: file.origin },
      origin: file.origin,
      editable: false,
    };
  const { origin, inFile } = originOf(view, 'alertmanager-config', parsed.data, file);
  const read = readConfig(parsed.data, origin, syntax, variables);
  return { origin, editable: inFile, ...(inFile ? settled(read) : shownAt(settled(read), file.origin)) };
}
