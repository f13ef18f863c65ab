/** What tokens of issuers begin with, and what follows it: of a length or a mixture that no word has. */
const WORD = '[A-Za-z0-9]';
const DIGIT_IN_40 = '(?=[A-Za-z_-]{0,40}\\d)';
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** A key without `_` in it: names of indexes and variables go on with one, or have no digit. */
const PLAIN_KEY = `(?:${WORD}{20,}|${DIGIT_IN_40}${WORD}{8,}(?!\\w))`;

/** Beginnings, and the pattern of what follows them. */
export const ISSUERS: readonly (readonly [beginnings: string, rest: string])[] = [
  ['ops_eyJ', '[\\w+/=-]{8,}'], // 1Password, in base64
  ['eyJ', '(?=[A-Za-z_.-]{0,128}\\d)[\\w-]{8,}(?:\\.[\\w-]*){0,4}'], // JWT (RFC 7519), JWE; also without its rest
  ['eyA ewo ew0', '(?=[A-Za-z_.-]{0,128}\\d)[\\w-]{12,1024}\\.[\\w-]{12,}(?:\\.[\\w-]*){1,3}'], // JWT whose header is formatted
  ['v1.local. v2.local. v3.local. v4.local. v1.public. v2.public. v3.public. v4.public.', '[\\w-]{32,}(?:\\.[\\w-]+)?'], // PASETO
  [
    'sk_live_ sk_test_ rk_live_ rk_test_ pk_live_ pk_test_ sk_prod_ rk_prod_ sk_org_live_ sk_org_test_ rzp_live_ rzp_test_',
    PLAIN_KEY,
  ], // Stripe, Razorpay
  ['whsec_', '[\\w+/=-]{8,}'], // Stripe, Svix
  ['AKIA ASIA ABIA ACCA AROA AIDA AGPA ANPA', '[A-Z0-9]{12,}'], // AWS ids
  ['ABSK', '[\\w+/=]{60,}'], // Bedrock
  ['LTAI', `${WORD}{16,}`], // Alibaba
  ['ghp_ gho_ ghu_ ghs_ ghr_ github_pat_', '\\w{16,}'],
  [
    'glpat- gldt- glrt- glft- glffct- gloas- glcbt- glimt- glsoat- glagent- glptt-',
    '[\\w-]{16,}(?:\\.[0-9a-z]{2}\\.?[0-9a-z]{7,12})?',
  ], // GitLab
  ['xox', '[a-z](?:\\.xox[a-z])?-[\\w-]{8,}'],
  ['xapp-', '[\\w/+-]{8,}'],
  ['xoxd-', '[\\w%+/=-]{8,}'], // Slack; the last one is a cookie
  [
    'hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/ discord.com/api/webhooks/ discordapp.com/api/webhooks/',
    '[\\w/-]{8,}',
  ],
  ['webhook.office.com/webhookb2/ outlook.office.com/webhook/', '[\\w/@-]{8,}'], // Teams
  [
    'hooks.zapier.com/hooks/ maker.ifttt.com/ hooks.airtable.com/workflows/ events.pagerduty.com/integration/ open.feishu.cn/open-apis/bot/ open.larksuite.com/open-apis/bot/',
    '[\\w/-]{8,}',
  ], // addresses that are their own password
  ['AIza', '[\\w-]{30,}'],
  ['ya29. GOCSPX-', '[\\w-]{16,}'],
  ['1//0', '[\\w-]{20,}'], // Google
  ['sk-', `(?:${WORD}{40,}|${DIGIT_IN_40}${WORD}{20,})`],
  ['sk-ant- sk-proj- sk-svcacct- sk-admin- sk-or-v1- sk-lf-', `${DIGIT_IN_40}[\\w-]{8,}`],
  ['hf_ api_org_', `${WORD}{30,}`],
  ['gsk_', '\\w{20,}'],
  ['xai-', `${WORD}{60,}`],
  ['pplx-', `${WORD}{40,}`],
  ['r8_', `${WORD}{32,}`],
  ['nvapi-', '[\\w-]{48,}'], // model APIs
  ['npm_', `(?:${WORD}{30,}|${DIGIT_IN_40}${WORD}{20,})`],
  ['pypi-', '[\\w-]{20,}'],
  ['rubygems_', '\\w{20,}'],
  ['dckr_pat_ dckr_oat_', '[\\w-]{16,}'],
  ['CLOJARS_', '[0-9a-z]{48,}'],
  ['AKCp', `${WORD}{48,}`], // registries
  ['SG.', '[\\w-]{12,}\\.[\\w-]{12,}'], // SendGrid
  ['key- pubkey-', '[0-9a-f]{24,}'], // Mailgun
  ['xkeysib- xsmtpsib-', `[0-9a-f]{48,}-${WORD}{12,}`], // Brevo
  ['shpat_ shpca_ shppa_ shpss_', '[0-9a-fA-F]{16,}'],
  ['shippo_live_ shippo_test_', '[0-9a-f]{32,}'],
  ['sq0', '[a-z]{3}-[\\w-]{16,}'],
  ['EAAA', '[\\w-]{40,}'], // Square
  ['EZAK EZTK', `(?<![+/]EZ[AT]K)${WORD}{50,}`], // EasyPost
  ['duffel_test_ duffel_live_', '[\\w=-]{40,}'],
  ['FLWSECK_TEST- FLWSECK-', `${WORD}{12,}(?:-X)?`], // Flutterwave
  ['access-sandbox- access-development- access-production-', UUID], // Plaid
  ['dop_v1_ doo_v1_ dor_v1_', '[0-9a-f]{16,}'], // DigitalOcean
  ['hvs. hvb. hvr.', '[\\w-]{16,}'], // Vault
  ['dapi', '[0-9a-f]{32}'], // Databricks
  ['PMAK-', '[\\w-]{20,}'],
  ['lin_api_ ntn_ glsa_ NRAK-', '\\w{20,}'],
  ['glc_', '[\\w+/=]{32,}'],
  ['NRII- NRJS-', '[\\w-]{19,}'], // Postman, Linear, Notion, Grafana, New Relic
  ['secret_', `${WORD}{32,}`],
  ['sntrys_ sntryu_', '[\\w=+/-]{20,}'],
  ['ATATT3', '[\\w=-]{20,}'],
  ['ATCTT3', '[\\w=-]{20,}'], // Atlassian
  ['ATBB', `${WORD}{28,}`],
  ['pul-', '[0-9a-f]{32,}'],
  ['dp.pt. dp.st. dp.ct. dp.sa.', `(?:[\\w-]{2,35}\\.)?${WORD}{40,}`], // Doppler
  ['dt0c01. dt0s01. dt0s16.', `${WORD}{20,}\\.${WORD}{40,}`], // Dynatrace
  ['fm2_ fm1r_ fm1a_', '[\\w+/=,-]{64,}'],
  ['fo1_', '[\\w-]{40,}'], // Fly
  ['figd_', '[\\w-]{32,}'],
  ['HRKU-AA', '[\\w-]{48,}'],
  ['pat-na1- pat-eu1-', UUID], // HubSpot
  ['sha256~', '[\\w-]{40,}'], // OpenShift
  ['pscale_pw_ pscale_tkn_ pscale_oauth_', '[\\w=.-]{32,}'],
  ['pnu_ nfp_ nfc_ nfo_ nfb_ nfu_ ddp_ ddo_', `${WORD}{32,}`], // Prefect, Netlify, Deno
  ['rdme_', `${WORD}{60,}`],
  ['squ_ sqp_ sqa_', '[0-9a-f]{40}'], // Sonar
  ['sgp_', '(?:[0-9A-Za-z]{5,16}_)?[0-9a-fA-F]{40}'], // Sourcegraph
  ['tskey-', '[a-z]{3,12}-[\\w-]{16,}'], // Tailscale
  ['sbp_', '(?:v0_)?[0-9a-f]{40}'],
  ['sb_secret_', '[\\w-]{20,}'], // Supabase
  ['CCIPAT_', `${WORD}{20,}_[0-9a-f]{40}`], // CircleCI
  ['CFPAT-', '[\\w-]{40,}'], // Contentful
  ['mdb_sa_sk_', '[\\w-]{36,}'], // Atlas
  ['napi_ phx_', `${WORD}{32,}`], // Neon, PostHog
  ['A3-', '[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}'], // 1Password
  ['EAA', `${WORD}{80,}`], // Facebook
  ['AAAAAAAAAAAAAAAAAAAAAA', '[\\w%]{60,}'], // Twitter
  ['AQVN', '[\\w-]{35,}'],
  ['t1.', '[\\w-]{1,512}={0,2}\\.[\\w-]{80,}={0,2}'], // Yandex
  ['dnkey-', '[\\w=-]{24,}'],
  ['fio-u-', '[\\w=-]{40,}'],
  ['ico-', `(?=[a-z\\d]{0,31}[A-Z])${WORD}{32}(?!\\w)`],
  ['cmVmd', `(?<![+/]cmVmd)${WORD}{59}(?![\\w+/])`],
  ['tk-us-', '[\\w-]{40,}'], // Defined, Frame.io, Infracost, JFrog, Scalingo
  ['s-s4t2ud- s-s4t2af-', '[0-9a-f]{64}'], // 42
  ['sm_pat_ sm_aat_ sm_sat_', `${WORD}{16,}`], // SettleMint
  [
    'live_ test_ sandbox_',
    `(?:[0-9a-f]{35}(?!\\w)|${DIGIT_IN_40}[\\w=-]{40}(?![\\w-])|(?=[a-z\\d]{0,40}[A-Z])${DIGIT_IN_40}${WORD}{30,40}(?!\\w))`,
  ], // Lob, GoCardless, Mollie, Chargebee
  ['tfp_', '[\\w=.-]{40,}'], // Typeform
  ['pat. sat.', '[\\w-]{22}\\.[0-9a-zA-Z]{24}\\.[0-9a-zA-Z]{20}'], // Harness
  ['API-', '(?=[A-Z]{0,26}\\d)[A-Z0-9]{26}(?![\\w-])'], // Octopus
  ['v1.0-', '[0-9a-f]{24,64}-[0-9a-f-]{100,}'], // Cloudflare
  ['GR1348941', '[\\w-]{20,}'], // runners of GitLab, before glrt-
  ['xprv yprv zprv tprv', '[1-9A-HJ-NP-Za-km-z]{100,}'], // wallets (BIP 32)
  ['AGE-SECRET-KEY-1', '[0-9A-Z]{20,}'],
  ['LS0tLS1CRUdJTi', '[\\w+/=-]{16,}'], // PEM in base64
  ['ZXlK', '[\\w+/=-]{60,}'], // JWT in base64, as in a Secret of Kubernetes
  ['base64url.bearer.authorization.k8s.io.', '[\\w-]+'], // bearer as a WebSocket subprotocol
  ['$2a$ $2b$ $2x$ $2y$', '\\d\\d\\$[./A-Za-z0-9]{20,}'],
  ['$1$ $5$ $6$ $8$ $9$ $apr1$', '(?:rounds=\\d{1,9}\\$)?[./A-Za-z0-9]{1,16}\\$[./A-Za-z0-9]{20,}'],
  ['$y$ $gy$ $7$', '[./A-Za-z0-9]{1,32}\\$[./A-Za-z0-9]{0,96}\\$[./A-Za-z0-9]{20,}'],
  ['$argon2id$ $argon2i$ $argon2d$ $scrypt$', '[\\w$=,./+-]{20,}'],
  ['$P$ $H$', '[./A-Za-z0-9]{31}(?!\\w)'],
  ['$S$', '[./A-Za-z0-9]{52}(?!\\w)'], // phpass
  ['SCRAM-SHA-256$', '[\\w:=+/$]{20,}'],
  [
    'pbkdf2_sha1$ pbkdf2_sha256$ pbkdf2_sha512$ pbkdf2:sha256: pbkdf2:sha512:',
    '\\d{1,9}\\$[\\w./+=-]{1,64}\\$[\\w./+=]{20,}',
  ],
  ['md5', '[0-9a-f]{32}(?!\\w)'], // of roles in PostgreSQL
  ['{SSHA} {SHA} {SMD5} {SSHA256} {SSHA512} {CRYPT}', '[\\w./+=$]{12,}'], // hashes of passwords
  ['IQoJb3JpZ2luX2Vj FwoGZXIvYXdz FQoGZXIvYXdz', '[\\w+/=%-]{40,}'], // sessions of AWS
  ['amzn.mws.', UUID],
  ['da2-', '[a-z0-9]{26}(?!\\w)'], // AppSync
  ['AKLT AKID', `${WORD}{24,}`], // Volcano, Tencent
  ['GOOG1E GOOG', '(?=[A-Z]{0,60}\\d)[A-Z0-9]{20,}(?!\\w)'], // HMAC of Google
  ['SCW', '(?=[A-Z]{0,17}\\d)[A-Z0-9]{17}(?!\\w)'], // Scaleway
  ['p8e-', '[A-Za-z0-9]{32}(?!\\w)'], // Adobe
  ['sc_ ext_ scauth_ authress_', '[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.acc[_-][a-z0-9-]{10,32}\\.[\\w+/=-]{30,}'],
  ['4b1d', `${WORD}{38}(?!\\w)`], // ClickHouse
  ['sl.', `(?:[a-z]\\.)?${DIGIT_IN_40}[\\w=-]{120,}`], // Dropbox
  ['sdk- mob-', UUID], // LaunchDarkly
  ['lsv2_pt_ lsv2_sk_', '[0-9a-f]{32}_[0-9a-f]{10}'], // LangSmith
  ['lin_oauth_ snyk_sat. snyk_uat.', '[\\w.-]{32,}'],
  ['pdl_live_apikey_ pdl_sdbx_apikey_', '\\w{30,}'], // Paddle
  ['pcsk_', `${WORD}{4,8}_${WORD}{40,}`], // Pinecone
  ['polar_oat_ polar_at_u_ polar_pat_', '\\w{32,}'],
  ['re_', `${WORD}{8}_${WORD}{24}(?!\\w)`], // Resend
  ['rnd_', `${DIGIT_IN_40}${WORD}{28,}(?!\\w)`], // Render
  ['bkua_ bkct_', `${WORD}{40,}`], // Buildkite
  ['CCIPRJ_', `${WORD}{20,}_[0-9a-f]{40}`],
  ['vcp_ vck_ vci_ vca_ vcr_', `${WORD}{48,}`], // Vercel
  ['tvly-', `(?:(?:dev|prod)-)?${DIGIT_IN_40}[\\w-]{28,}`],
  ['fc-', '[0-9a-f]{32}(?!\\w)'],
  ['e2b_ csk- jina_ tgp_v1_ wandb_v1_', `${DIGIT_IN_40}[\\w-]{24,}`],
  ['fw_', `(?=[a-z\\d]{0,40}[A-Z])${DIGIT_IN_40}${WORD}{20,}(?!\\w)`],
  ['sk_', '[0-9a-f]{48}(?!\\w)'],
  ['sess-', `${DIGIT_IN_40}${WORD}{40,}`],
  ['esecret_', `${WORD}{24,}`], // model APIs
  ['waka_ ovsxat_', UUID],
  ['oy2', '[a-z0-9]{43}(?!\\w)'], // NuGet
  ['zpka_', '[0-9a-f]{32}_[0-9a-f]{8}'], // Zuplo
  ['cfut_ cfat_ cfk_', `${WORD}{36,}`], // Cloudflare
  ['aio_', `${DIGIT_IN_40}${WORD}{28}(?!\\w)`], // Adafruit
  ['KEY', '[0-9A-Z]{32}_[A-Za-z0-9]{22}(?!\\w)'], // Telnyx
  ['1000.', '[0-9a-f]{32}\\.[0-9a-f]{32}'], // Zoho
  ['tr_prod_ tr_dev_ tr_stg_ tr_preview_', PLAIN_KEY], // Trigger.dev
  ['rootly_', '[0-9a-f]{64}'],
  ['pat-na2- pat-na3- pat-eu2- pat-ap1-', UUID],
  ['shpua_ shpit_', '[0-9a-fA-F]{16,}'],
  ['secret-live- secret-test-', '[\\w-]{32,}={0,2}'], // Stytch
  ['tss_ unkey_ pina_ phc_', `${DIGIT_IN_40}${WORD}{24,}(?!\\w)`],
  ['api_live. api_sandbox.', `${WORD}{8,16}\\.[\\w-]{28,}`], // Onfido
  ['BBFF-', `${WORD}{30}(?!\\w)`], // Ubidots
  ['NRIQ- NRAA- NRBR-', '[\\w-]{19,}'],
  ['ddapp_ ddapi_', `${WORD}{30,}`], // Datadog
  ['dose', `(?:[0-9a-f]{32}(?!\\w)|(?=[a-z\\d._-]{0,31}[A-Z])(?=[A-Za-z._-]{0,31}\\d)[\\w.-]{32}(?![\\w-]))`],
  ['st.', '[0-9a-f]{24}\\.[0-9a-f]{32}\\.[0-9a-f]{32}'], // Infisical
  ['dp.scim. dp.audit.', `${WORD}{40,}`],
  ['access_token$production$ access_token$sandbox$', '[0-9a-z]{16}\\$[0-9a-f]{32}'], // Braintree
  ['APP_USR-', '\\d{10,}-\\d{6}-[0-9a-f]{32}-\\d{6,}'], // Mercado Pago
  ['glwt-', '[\\w-]{16,}'],
  ['RWRTY0Iy', '[\\w+/=]{100,}'], // minisign
  ['b3BlbnNzaC1rZXktdjE', '[\\w+/=]{40,}'], // OpenSSH in base64
  ['MHcCAQEE MIGkAgEBBD MIGHAgEAMBMGByqGSM49 MIG2AgEAMBAGByqGSM49 MC4CAQAwBQYDK2Vw', '[\\w+/=]{24,}'], // keys of elliptic curves in DER
  ['SWMTKN-1- SWMKEY-1-', '[\\w+/-]{40,}'], // Docker Swarm
  ['K10', '[0-9a-f]{64}::[\\w.-]{1,64}(?::[\\w.-]{8,})?'], // K3s, RKE2
  ['CCDB1_', `${WORD}{22}_${WORD}{40}`], // CockroachDB
  ['essu_', '[\\w+/]{40,}={0,2}'], // Elastic
  ['AIK_SECRET_ AIK_CLIENT_ AIK_CI_', `${DIGIT_IN_40}${WORD}{20,}`], // Aikido
  ['key_ crsr_', '[0-9a-f]{64}(?!\\w)'], // Cursor
  ['pk_', '\\d{7,9}_[0-9A-Z]{32}(?!\\w)'], // ClickUp
  ['packagist_ack_ packagist_acs_ packagist_ort_ packagist_out_ packagist_uut_ packagist_cut_', '[0-9a-f]{28,}(?!\\w)'],
  ['jsrp_ jsrd_ odt_', `${WORD}{32,}`], // JSR, Dependency-Track
  ['apify_api_ sk_production_ sk_staging_ rpa_ llx- flp_', `${WORD}{30,}(?!\\w)`],
  ['sk-helicone- bb_live_', `${DIGIT_IN_40}[\\w-]{20,}`],
  ['pa-', `(?=[a-z\\d_-]{0,42}[A-Z])${DIGIT_IN_40}[\\w-]{43}(?![\\w-])`], // Voyage
  ['ak- as-', `(?=[a-z\\d]{0,21}[A-Z])(?=[A-Z\\d]{0,21}[a-z])${DIGIT_IN_40}${WORD}{22}(?![\\w-])`], // Modal
  ['bedrock-api-key-', '[\\w+/=]{24,}'],
  ['CAIS', `${DIGIT_IN_40}[\\w+/=-]{40,}`],
  ['STS.', `(?=[A-Za-z]{0,40}\\d[A-Za-z]{0,40}\\d)${WORD}{16,64}(?!\\w)`], // sessions of Alibaba
  ['EXO', '(?=[a-z]{0,24}\\d)[0-9a-z]{24}(?!\\w)'], // Exoscale
  ['akab-', '[a-z0-9]{16}-[a-z0-9]{16}'], // Akamai
  ['ucat_', `${WORD}{24,}`], // UpCloud
  ['y0_ y1_ y2_ y3_', '[\\w-]{50,}'], // Yandex
  ['ory_pat_ ory_at_ ory_rt_ ory_ac_ ory_st_ ory_lo_', `${DIGIT_IN_40}[\\w-]{24,}(?:\\.[\\w-]{16,})?`],
  ['xaat- xapt-', UUID], // Axiom
  ['cxtp_ cxup_ hbp_', `${DIGIT_IN_40}${WORD}{24,}(?!\\w)`], // Coralogix, Honeybadger
  ['cu_ cal_live_ bpk-', '[0-9a-f]{32}(?!\\w)'], // Checkly, Cal.com, Builder
  ['fhb- dsp_', '(?=[a-z]{0,40}\\d)[a-z0-9]{40}(?!\\w)'], // FireHydrant, DeepSource
  ['os_v2_app_ os_v2_org_', '[a-z0-9]{60,}'], // OneSignal
  ['hawk.', '[\\w-]{20}\\.[\\w-]{20}(?![\\w-])'], // StackHawk
  ['ajkey_', '(?=[a-z]{0,26}\\d)[a-z0-9]{26}(?!\\w)'], // Arcjet
  ['b10ck5.', `[0-9a-f]{32}\\.${UUID}`], // Block Protocol
  ['configcat-sdk-1/', '[\\w-]{22}/[\\w-]{22}'],
  ['ATTA', '[0-9a-fA-F]{64,}'], // Trello
  ['sup_sk_ sk_sbx_', `${DIGIT_IN_40}${WORD}{26,}(?!\\w)`], // SumUp, Checkout.com
];
