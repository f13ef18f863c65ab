import {
  anything,
  atMostOne,
  each,
  flag,
  list,
  mapping,
  needs,
  oneOf,
  text,
  texts,
  valuesOf,
  type Fields,
  type Shape,
  isSet,
} from './shape.ts';
import { Refused, text as textAt } from './refused.ts';

/** How Alertmanager speaks TLS and HTTP. Source: Prometheus' `common/config/http_config.go`. */
export const tls: Shape = mapping(
  {
    ...each('ca ca_file ca_ref cert cert_file cert_ref key key_file key_ref server_name'),
    ...each('min_version max_version', oneOf(['TLS10', 'TLS11', 'TLS12', 'TLS13'])),
    insecure_skip_verify: flag,
  },
  atMostOne(['ca', 'ca_file', 'ca_ref']),
  atMostOne(['cert', 'cert_file', 'cert_ref']),
  atMostOne(['key', 'key_file', 'key_ref']),
  (at) => {
    const has = (what: string): boolean => ['', '_file', '_ref'].some((suffix) => isSet(at, `${what}${suffix}`));
    if (has('cert') !== has('key'))
      throw new Refused(
        `a client certificate needs its key: there is only the ${has('cert') ? 'cert' : 'key'}`,
        at.origin,
      );
  },
);

/** How requests to Amazon are signed. Source: `prometheus/sigv4`. */
export const sigv4: Shape = mapping(
  {
    ...each('region access_key secret_key profile role_arn external_id session_name service_name'),
    tags: texts,
    use_fips_sts_endpoint: flag,
  },
  (at) => {
    if (isSet(at, 'access_key') !== isSet(at, 'secret_key'))
      throw new Refused('sigv4 has to have both access_key and secret_key, or neither', at.origin);
  },
);

const PROXY = {
  ...each('proxy_url no_proxy'),
  proxy_from_environment: flag,
  proxy_connect_header: anything,
};

const basicAuth = mapping(
  each('username username_file username_ref password password_file password_ref'),
  atMostOne(['username', 'username_file', 'username_ref']),
  atMostOne(['password', 'password_file', 'password_ref']),
);

const authorization = mapping(
  each('type credentials credentials_file credentials_ref'),
  atMostOne(['credentials', 'credentials_file', 'credentials_ref']),
  (at) => {
    if (textAt(at.get('type'))?.trim().toLowerCase() === 'basic')
      throw new Refused('authorization type cannot be set to "basic", use "basic_auth" instead', at.origin);
  },
);

const oauth2 = mapping(
  {
    ...each('client_id client_secret client_secret_file client_secret_ref token_url'),
    ...each('client_certificate_key_id client_certificate_key client_certificate_key_file client_certificate_key_ref'),
    ...each('grant_type signature_algorithm iss audience'),
    claims: anything,
    scopes: list(text),
    endpoint_params: texts,
    tls_config: tls,
    ...PROXY,
  },
  needs('client_id', 'oauth2 client_id must be configured'),
  needs('token_url', 'oauth2 token_url must be configured'),
  atMostOne(['client_secret', 'client_secret_file', 'client_secret_ref']),
);

const ofHeader = mapping(each('values secrets files', list(text)));

const CLIENT: Fields = {
  basic_auth: basicAuth,
  authorization,
  oauth2,
  ...each('bearer_token bearer_token_file'),
  tls_config: tls,
  ...each('follow_redirects enable_http2', flag),
  http_headers: valuesOf(ofHeader),
  ...PROXY,
};

/** A mapping that says how it speaks HTTP beside what else it says. */
export function clientWith(fields: Fields, ...rules: readonly Shape[]): Shape {
  const one = atMostOne(['basic_auth', 'authorization', 'oauth2', 'bearer_token', 'bearer_token_file']);
  return mapping({ ...CLIENT, ...fields }, one, proxied, ...rules);
}

export const httpClient: Shape = clientWith({});

function proxied(at: Parameters<Shape>[0]): void {
  const fromEnvironment = at.get('proxy_from_environment').value === true;
  if (fromEnvironment && (isSet(at, 'proxy_url') || isSet(at, 'no_proxy')))
    throw new Refused('proxy_from_environment excludes proxy_url and no_proxy', at.origin);
  if (!fromEnvironment && !isSet(at, 'proxy_url') && (isSet(at, 'no_proxy') || isSet(at, 'proxy_connect_header')))
    throw new Refused('no_proxy and proxy_connect_header need a proxy_url', at.origin);
}
