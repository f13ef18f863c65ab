/** rsyslog's configuration: follows every log of the lab by its file and writes one file for each part and day. */

export interface SinkPlaces {
  /** Folder of the parts' logs, `PART.log`. */
  readonly logs: string;
  /** Its own log is not followed, or it would feed itself. */
  readonly own: string;
  readonly access?: string;
  /** ModSecurity's audit log, which holds what requests held. */
  readonly audit?: string;
  /** A file that the health check writes to. */
  readonly probe: string;
  readonly work: string;
  readonly sink: string;
}

const FILE = 'fileCreateMode="0600" dirCreateMode="0700" dynaFileCacheSize="64"';

/**
 * Where it stopped reading is kept in `work`, and what cannot be written waits on disk (64 MB at the most): lines that were written while
 * it was down arrive when it is back. A line may have 128 KB. Of the audit log only the path, the rules and the verdict go on:
 * queries and matched values stay where they are.
 */
export function rsyslogConfig({ logs, own, access, audit, probe, work, sink }: SinkPlaces): string {
  const day = '%$year%-%$month%-%$day%.log';
  return `global(workDirectory="${work}" maxMessageSize="128k" parser.escapeControlCharactersOnReceive="off" net.enableDNS="off")
module(load="imfile" mode="inotify")
module(load="mmjsonparse")
template(name="line" type="string" string="%msg%\\n")
template(name="file" type="string" string="${sink}/%$.name%/${day}")
template(name="wafLine" type="list" option.jsonf="on") {
  property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
  constant(outname="level" value="warn" format="jsonf")
  constant(outname="service" value="edge-waf" format="jsonf")
  constant(outname="msg" value="rules matched" format="jsonf")
  property(outname="request_id" name="$!transaction!unique_id" format="jsonf")
  property(outname="remote_addr" name="$!transaction!client_ip" format="jsonf")
  property(outname="method" name="$!transaction!request!method" format="jsonf")
  property(outname="path" name="$.path" format="jsonf")
  property(outname="status" name="$!transaction!response!http_code" dataType="number" format="jsonf")
  property(outname="rules" name="$.rules" format="jsonf")
}
input(type="imfile" file="${logs}/*.log" tag="part" ruleset="parts" addMetadata="on" reopenOnTruncate="on")
input(type="imfile" file="${probe}" tag="probe" ruleset="probe")
${access === undefined ? '' : `input(type="imfile" file="${access}" tag="edge" ruleset="edge")\n`}${
    audit === undefined ? '' : `input(type="imfile" file="${audit}" tag="waf" ruleset="waf")\n`
  }ruleset(name="parts" queue.type="LinkedList" queue.filename="parts" queue.maxDiskSpace="64m" queue.saveOnShutdown="on") {
  set $.name = re_extract($!metadata!filename, '([a-z0-9-]+)\\\\.log$', 0, 1, "unknown");
  if $.name == "${own}" then stop
  action(type="omfile" dynaFile="file" template="line" ${FILE})
}
ruleset(name="probe") {
  set $.name = "probe";
  action(type="omfile" dynaFile="file" template="line" ${FILE})
}
ruleset(name="edge") {
  set $.name = "edge";
  action(type="omfile" dynaFile="file" template="line" ${FILE})
}
ruleset(name="waf") {
  action(type="mmjsonparse" cookie="")
  if $parsesuccess != "OK" then stop
  set $.name = "edge-waf";
  set $.path = field($!transaction!request!uri, 63, 1);
  set $.rules = "";
  foreach ($.rule in $!transaction!messages) do { set $.rules = $.rules & $.rule!details!ruleId & " "; }
  if $.rules == "" then stop
  action(type="omfile" dynaFile="file" template="wafLine" ${FILE})
}
`;
}
