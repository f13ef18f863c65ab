import { Cursor } from '../../model/cursor.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

/** A receiver of log files in an OpenTelemetry collector. */
export interface LogParser {
  readonly name: string;
  /** It makes fields of JSON lines; otherwise they arrive as text. */
  readonly parses: boolean;
  readonly origin: Origin;
}

/** Receivers of files that stand in a pipeline for logs. */
export function parsers(view: PlatformView): LogParser[] {
  return view.data('otel-collector').flatMap(({ data, origin }) => {
    const root = new Cursor(data, origin);
    const pipelines = root
      .get('service', 'pipelines')
      .entries()
      .filter(([name]) => /^logs(?:\/|$)/.test(name))
      .map(([, pipeline]) => pipeline);
    const used = new Set(pipelines.flatMap((pipeline) => pipeline.get('receivers').strings()));
    const transformed = pipelines
      .flatMap((pipeline) => pipeline.get('processors').strings())
      .some((name) => {
        const text = JSON.stringify(root.get('processors').get(name).value ?? '');
        return name.startsWith('transform') && text.includes('ParseJSON(');
      });
    return root
      .get('receivers')
      .entries()
      .filter(([name]) => /^file_?log(?:\/|$)/.test(name) && used.has(name))
      .map(([name, receiver]) => ({
        name: `receiver ${name}`,
        parses: transformed || parsesJson(receiver),
        origin: receiver.origin,
      }));
  });
}

function parsesJson(receiver: Cursor): boolean {
  const operators = receiver.get('operators').items();
  return operators.some((operator) => {
    const type = operator.get('type').string();
    return type === 'json_parser' || (type === 'router' && JSON.stringify(operator.value).includes('json'));
  });
}
