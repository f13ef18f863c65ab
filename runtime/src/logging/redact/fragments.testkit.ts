/** Texts that hold a secret in the fragments that collections of scanners' rules have: the canary may not be written. */
import { S } from './secrets.testkit.ts';

const body = `${'Ab3/'.repeat(16)}\n${S}${'Cd4+'.repeat(14)}`;

export const FRAGMENTS: Readonly<Record<string, readonly string[]>> = {
  'keys of which one end is missing': [
    `${body}\n-----END RSA PRIVATE KEY-----`,
    `${body.replace('\n', '\\n')}\\n-----END PRIVATE KEY-----`,
    `-----BEGIN EC PRIVATE KEY-----\n${body}`,
  ],
  'entities of HTML and controls in names': [
    `&lt;password&gt;${S}&lt;/password&gt;`,
    `p&#97;ssword=${S}`,
    `password&#x3d;${S}`,
    `pass\u0000word=${S}`,
    `password\b=${S}`,
    `pass\u009b0mword=${S}`,
  ],
  'separators of other alphabets': ['﹕', '﹦', '∶', '꞉ '].map((mark) => `password${mark}${S}`),
  'names in other languages': ['senha', 'hasło', 'lösenord', 'parola', '密码', 'パスワード', '비밀번호'].map(
    (name) => `${name}: ${S}`,
  ),
  'values that change': [`~ password = "${S}" -> "${S}b"`, `password: "${S}" => "${S}b"`],
  'members and elements that name the next one': [
    `{"type":"password","value":"${S}"}`,
    `[{"op":"replace","path":"/user/password","value":"${S}"}]`,
    `variable "db_password" {\n  type = string\n  default = "${S}"\n}`,
    `<key>password</key>\n<string>${S}</string>`,
    `<member><name>password</name><value><string>${S}</string></value></member>`,
    `kind: Secret\nstringData: {url: ${S}}`,
  ],
  'what databases and brokers print': [
    `Duplicate entry '${S}' for key 'users.api_token'`,
    `1700000000.1 [0 127.0.0.1:1] "AUTH" "app" "${S}"`,
    `"CONFIG" "SET" "requirepass" "${S}"`,
    `AUTH user ${S}`,
    `MIGRATE h 6379 k 0 10 AUTH2 app ${S}`,
    `user app on >${S} ~* +@all`,
    `user app on nopass >${S} allkeys -@all`,
    `10.0.0.1 : PSK "${S}"`,
    `bindpw ${S}`,
    `PDO->__construct('mysql:host=h', 'root', '${S}')`,
    `.basic_auth("u", Some("${S}"))`,
    `checkPassword("${S}", hash)`,
  ],
  'addresses of drivers': [
    `smtps://jane@x.com:a#${S}@smtp.x`,
    `app:${S}@/shop`,
    `app:${S}@/shop?tls=true`,
    `ssh://jane@corp:${S}@host`,
    `scott/${S}@//h:1521/x`,
    `credentials admin:${S}`,
    `credentials: admin / ${S}`,
  ],
  'command lines': [
    `net use \\\\h\\s /user:jane ${S}`,
    `net use Z: \\\\h\\s ${S} /user:jane`,
    `lftp -u jane,${S} h`,
    `snmpwalk -v3 -A ${S} -X ${S} -u x h`,
    `wpa_passphrase home ${S}`,
    `ngrok config add-authtoken ${S}`,
    `poetry config http-basic.x jane ${S}`,
    `doctl auth init -t ${S}`,
    `hydra -l root -p ${S} ssh://h`,
  ],
  'authentication of routers': [
    `standby 1 authentication ${S}`,
    `standby 1 authentication md5 key-string ${S}`,
    `vrrp 1 authentication text ${S}`,
    `set psksecret ${S}`,
    `server-private 10.0.0.1 key ${S}`,
    `super password level 3 simple ${S}`,
    `set system root-authentication plain-text-password-value ${S}`,
  ],
  sentences: [
    `set jane's token to ${S}`,
    `set root password to '${S}'`,
    `new token issued: ${S}`,
    `password generated: ${S}`,
    `Enter passphrase for key '/x': ${S}`,
  ],
};
