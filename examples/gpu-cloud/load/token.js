import http from 'k6/http';

/** A token of the load client, once per run. */
export function token() {
  const answer = http.post(__ENV.OIDC_TOKEN_URL, {
    grant_type: 'client_credentials',
    client_id: 'smoke',
    client_secret: __ENV.SMOKE_CLIENT_SECRET,
  });
  return answer.json('access_token');
}
