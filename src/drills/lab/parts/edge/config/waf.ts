import { join } from 'node:path';
import type { EdgeConfig, Waf } from '../types.ts';

/** As Debian's packages lay them out. Its own `owasp-crs.load` cannot be used: it says IncludeOptional, which only Apache knows. */
const CRS_SETUP = '/etc/modsecurity/crs/crs-setup.conf';
const CRS_RULES = '/usr/share/modsecurity-crs/rules/*.conf';

const ENGINE: Readonly<Record<Waf['mode'], string>> = { block: 'On', monitor: 'DetectionOnly', off: 'Off' };

/**
 * ModSecurity and the Core Rule Set. The audit log has the parts A, H and Z: B would put request headers, hence credentials, into it.
 * Its lines still hold the URI with the query and what a rule matched; they stay in the edge's own folder, and what is shipped to the
 * sink is cut down there.
 */
export function wafRules({ waf, routes }: EdgeConfig, folder: string): string {
  const body = Math.max(...routes.map(({ bodyBytes }) => bodyBytes), 1024);
  return `SecRuleEngine ${ENGINE[waf.mode]}
SecRequestBodyAccess On
SecRequestBodyLimit ${body}
SecRequestBodyNoFilesLimit ${body}
SecRequestBodyLimitAction Reject
SecRequestBodyJsonDepthLimit 64
SecResponseBodyAccess Off
SecTmpDir ${join(folder, 'temp')}
SecDataDir ${join(folder, 'temp')}
SecAuditEngine RelevantOnly
SecAuditLogRelevantStatus "^.*$"
SecAuditLogFormat JSON
SecAuditLogType Serial
SecAuditLogParts AHZ
SecAuditLog ${join(folder, 'private/audit.log')}
SecRule REQUEST_HEADERS:Content-Type "^application/(?:[a-z0-9.-]+[+])?json" "id:10020,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRule REQUEST_HEADERS:Content-Type "^(?:application(?:/soap\\+|/)|text/)xml" "id:10021,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule REQBODY_ERROR "!@eq 0" "id:10022,phase:2,t:none,log,deny,status:400,msg:'The body could not be parsed'"
Include ${CRS_SETUP}
SecAction "id:10001,phase:1,pass,nolog,setvar:tx.paranoia_level=${waf.paranoia}"
SecAction "id:10002,phase:1,pass,nolog,setvar:tx.sampling_percentage=${waf.sampling}"
SecAction "id:10011,phase:1,pass,nolog,setvar:'tx.allowed_methods=GET HEAD POST OPTIONS PUT PATCH DELETE'"
SecRule REQUEST_URI "@rx ^/(?:livez|readyz|healthz|metrics)$" "id:10010,phase:1,pass,nolog,ctl:ruleEngine=Off"
SecRule REQUEST_URI "@beginsWith /webhooks/" "id:10012,phase:1,pass,nolog,ctl:ruleRemoveById=942100,ctl:ruleRemoveById=942190"
Include ${CRS_RULES}
`;
}
