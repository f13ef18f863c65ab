/** Tokens are put together here, so that no scanner takes this file for a leak. */
import { expect, test } from 'vitest';
import { createRedactor } from './index.ts';

const { text } = createRedactor();
const hex = (length: number): string => '0123456789abcdef'.repeat(9).slice(0, length);
const mixed = (length: number): string => 'aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW'.repeat(9).slice(0, length);
const upper = (length: number): string => mixed(length).toUpperCase();
const uuid = '12345678-1234-1234-1234-123456789abc';

const TOKENS = [
  ...['sk-', 'gho_', 'ghs_', 'npm_', 'gsk_', 'xai-', 'pplx-', 'hf_', 'r8_', 'nvapi-', 'AKCp8'].map(
    (a) => a + mixed(68),
  ),
  ...['LTAI', 'sb_secret_', 'dckr_oat_', 'dckr_pat_', 'NRII-', 'figd_', 'glc_', 'mdb_sa_sk_', 'napi_', 'phx_'].map(
    (a) => a + mixed(32 + 10),
  ),
  ...['pnu_', 'nfp_', 'ddp_', 'dp.pt.', 'sha256~', 'CFPAT-', 'pscale_pw_', 'pscale_tkn_', 'pscale_oauth_'].map(
    (a) => a + mixed(43),
  ),
  ...['squ_', 'sbp_', 'shippo_live_', 'NRJS-'].map((a) => a + hex(40)),
  ...['sk_live_', 'rk_test_', 'sk_org_live_', 'whsec_'].map((a) => a + mixed(24)),
  ...['sk-ant-api03-', 'sk-proj-', 'sk-svcacct-'].map((a) => `${a}${mixed(20)}_${mixed(20)}-${mixed(9)}AA`),
  `sk-${hex(32)}`,
  `CLOJARS_${hex(60)}`,
  `rdme_${mixed(70)}`,
  `ABSK${mixed(110)}`,
  `fm2_${mixed(110)}`,
  `HRKU-AA${mixed(58)}`,
  `ATBB${mixed(32)}`,
  `dt0c01.${upper(24)}.${upper(64)}`,
  `A3-${upper(6)}-${upper(11)}-${upper(5)}-${upper(5)}-${upper(5)}`,
  `A3-${upper(6)}-${upper(6)}-${upper(5)}-${upper(5)}-${upper(5)}-${upper(5)}`,
  `FLWSECK_TEST-${hex(32)}-X`,
  `pat-na1-${uuid}`,
  `access-sandbox-${uuid}`,
  `xkeysib-${hex(64)}-${mixed(16)}`,
  `sgp_${hex(16)}_${hex(40)}`,
  `tskey-auth-${mixed(12)}-${mixed(32)}`,
  `CCIPAT_${mixed(22)}_${hex(40)}`,
  `v4.local.${mixed(120)}`,
  `glpat-${mixed(27)}.01.abcdefghi`,
  `xoxe.xoxp-1-${mixed(80)}`,
  `eyJ${mixed(30)}.${mixed(40)}.${mixed(43)}`,
  `ops_eyJ${mixed(120)}`,
  Buffer.from(`eyJ${mixed(30)}.${mixed(40)}.${mixed(43)}`).toString('base64'),
  `123456789:AA${mixed(33)}`,
  `ticket.${mixed(40)}.${mixed(43)}`,
  `ticket.${hex(32)}`,
  `$6$rounds=5000$abcdefgh$${mixed(86)}`,
  `$5$abcdefgh$${mixed(43)}`,
  `$1$abcdefgh$${mixed(22)}`,
  `$y$j9T$${mixed(22)}$${mixed(43)}`,
  `$scrypt$ln=16,r=8,p=1$${mixed(22)}$${mixed(43)}`,
  `pbkdf2_sha256$600000$${mixed(22)}$${mixed(43)}=`,
  `{SSHA}${mixed(38)}`,
  `ops_eyJ${mixed(60)}/${mixed(60)}+${mixed(60)}=`,
  `dt0c01.${upper(24).toLowerCase()}.${upper(64).toLowerCase()}`,
  `sgp_${hex(40).toUpperCase()}`,
  `fo1_${mixed(43)}`,
  `fm1r_${mixed(110)}`,
  ...['EZAK', 'EZTK'].map((a) => a + mixed(54)),
  `duffel_test_${mixed(43)}`,
  `EAAM${mixed(160)}`,
  `911602140448729|${mixed(27)}`,
  `AAAAAAAAAAAAAAAAAAAAAA${mixed(20)}%${mixed(60)}`,
  ...['AQVN', 'tk-us-', 'GR1348941', 'glffct-', 'ATCTT3', 'dnkey-', 'fio-u-', 'tfp_'].map((a) => a + mixed(48)),
  `t1.${mixed(8)}.${mixed(86)}`,
  `ico-${mixed(32)}`,
  `cmVmd${mixed(59)}`,
  `s-s4t2ud-${hex(64)}`,
  `sm_pat_${mixed(16)}`,
  `pat.${mixed(22)}.${hex(24)}.${mixed(20)}`,
  `API-${upper(26)}`,
  `v1.0-${hex(24)}-${hex(144)}`,
  `test_${hex(35)}`,
  `ewogICJ0${mixed(30)}.${mixed(40)}.${mixed(43)}`,
  `a1B2Q~${mixed(14)}~${mixed(18)}`,
  `s.${mixed(24)}`,
  ...['IQoJb3JpZ2luX2Vj', 'FwoGZXIvYXdz', 'sl.', 'sl.u.'].map((a) => a + mixed(150)),
  ...['amzn.mws.', 'sdk-', 'waka_', 'pat-na2-'].map((a) => a + uuid),
  ...[`${mixed(76)}+ASt`, `${mixed(76)}ACDb`, `${mixed(42)}AzSe`].map((a) => `${a}${mixed(6)}==`),
  ...['rnd_', 'vcp_', 'cfut_', 'tvly-', 'AKID', 'GOOG'].map((a) => a + (a === 'GOOG' ? upper(24) : mixed(56))),
  ...['bkua_', 'lin_oauth_', 'e2b_', 'secret-live-'].map((a) => a + hex(40)),
  `da2-${mixed(26).toLowerCase()}`,
  `lsv2_pt_${hex(32)}_${hex(10)}`,
  `pcsk_${mixed(5)}_${mixed(63)}`,
  `re_${mixed(8)}_${mixed(24)}`,
  `pat${mixed(14)}.${hex(64)}`,
  `${mixed(14)}.atlasv1.${mixed(67)}`,
  `access_token$production$${hex(16)}$${hex(32)}`,
  `MIIEvQIBADANBgkqhkiG9w0BAQEFAASC${mixed(120)}`,
  `MHcCAQEEI${mixed(100)}`,
  `md5${hex(32)}`,
  `*${hex(40).toUpperCase()}`,
  `live_${mixed(40)}`,
  ...['live_', 'test_'].map((a) => a + mixed(30)),
  ...['nfc_', 'nfo_', 'ddo_', 'jsrp_', 'apify_api_', 'sk_production_', 'llx-', 'rpa_'].map((a) => a + mixed(40)),
  ...['ory_pat_', 'cxtp_', 'sup_sk_', 'bb_live_', 'AIK_CI_', 'ucat_', 'fw_'].map((a) => a + mixed(32)),
  ...['cu_', 'cal_live_', 'packagist_ack_'].map((a) => a + hex(32)),
  ...['key_', 'crsr_', 'ATTA'].map((a) => a + hex(64)),
  ...['xaat-', `b10ck5.${hex(32)}.`].map((a) => a + uuid),
  `SWMTKN-1-${hex(50)}-${hex(25)}`,
  `SWMKEY-1-${mixed(43)}`,
  `K10${hex(64)}::server:${hex(32)}`,
  `K10${hex(64)}::abcdef.${hex(16)}`,
  `CCDB1_${mixed(22)}_${mixed(40)}`,
  `essu_${mixed(80)}==`,
  `pk_204249739_${upper(32)}`,
  `pa-${mixed(43)}`,
  ...['ak-', 'as-'].map((a) => a + mixed(22)),
  `bedrock-api-key-${mixed(80)}`,
  `STS.${mixed(25)}`,
  `CAIS${mixed(60)}`,
  `akab-${hex(16)}-${hex(16)}`,
  `y0_${mixed(56)}`,
  `hcaik_01${hex(56)}`,
  `hawk.${mixed(20)}.${mixed(20)}`,
  `configcat-sdk-1/${mixed(22)}/${mixed(22)}`,
  `os_v2_app_${hex(100)}`,
  `2${mixed(26)}_${mixed(21)}`,
  `1/1234567890123456:${hex(32)}`,
  `2/1234567890123456/1234567890123456:${hex(32)}`,
  `0.${uuid}.${mixed(30)}:${mixed(22)}==`,
  `v1.0-${hex(64)}-${hex(128)}-${hex(128)}`,
  `dose${mixed(20)}.${mixed(11)}`,
  `glrt-t1_${mixed(31)}.01${hex(7)}`,
  `xoxd-${mixed(50)}%2F${mixed(80)}%3D`,
  `$8$${mixed(14)}$${mixed(43)}`,
  `$P$${mixed(31)}`,
  `$S$${mixed(52)}`,
  `odt_${mixed(32)}`,
  `8-${mixed(64)}`,
  `xprv${mixed(107).replace(/[0OIl]/g, 'x')}`,
];

test('tokens of issuers are redacted whole, wherever a word may begin', () => {
  for (const token of TOKENS) {
    expect(text(`using ${token} now`), token).toBe('using [redacted] now');
    expect(text(`["${token}"]`), token).toBe('["[redacted]"]');
  }
  expect(text(`a%3D${TOKENS[0]}`)).toBe('a%3D[redacted]');
  expect(text(`GET /bot123456789:AA${mixed(33)}/getMe`)).toBe('GET /bot[redacted]/getMe');
  expect(text(`a\\n${TOKENS[0]} b`)).toBe('a\\n[redacted] b');
  expect(text(`https://acme.webhook.office.com/webhookb2/${uuid}@${uuid}/IncomingWebhook/${hex(32)}/${uuid} now`)).toBe(
    'https://acme.[redacted] now',
  );
});

test('addresses that are their own password, and robots', () => {
  for (const [head, secret] of [
    ['https://', `hooks.zapier.com/hooks/catch/123456/${hex(7)}`],
    ['https://', `outlook.office.com/webhook/${uuid}@${uuid}/IncomingWebhook/${hex(32)}/${uuid}`],
    ['https://', `events.pagerduty.com/integration/${hex(32)}/enqueue`],
    ['acme+builder:', upper(64)],
  ])
    expect(text(`sent to ${head}${secret} now`)).toBe(`sent to ${head}[redacted] now`);
});

test('names that only begin like a token stay', () => {
  for (const line of [
    'as-dynamic-client-registration ak-kubernetes-east-1-node-17 pa-service-orchestrator-worker-node-pool-17a',
    'test_user_can_checkout_with_saved_card_and_3ds2_challenge live_migration_of_instance_i_0abcd1234',
    'fw_rules_updated_by_controller_2026_11_30_1 cu_upgrade key_rotation doseCalculatorServiceImplementation',
    'build 2/1234567890123456 of 1/12, STS.AssumeRole, K10plus',
    `/assets/video.ico-${hex(32)}.png`,
    `MII${mixed(40)}+cmVmd${mixed(80)}/x`,
    'API-VERSION-NEGOTIATION-REQUIRED',
    'pat.example.com s.example.Component live_view_component_rendered',
    'v1.0-rc.1 t1.micro EAAccess',
  ])
    expect(text(line)).toBe(line);
});

test('inside of a word nothing begins', () => {
  for (const word of ['task-', 'risk-', 'x1sk-', 'deseyJ', 'weighs_']) {
    const line = `${word}${mixed(24)}`;
    expect(text(line)).toBe(line);
  }
});
