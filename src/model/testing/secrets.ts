/** Values that look like secrets, of each known form; none is one. */

export const letters = (n: number): string => 'aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0z'.repeat(5).slice(0, n);
export const hex = (n: number): string => '0f1e2d3c4b5a69788796a5b4c3d2e1f0'.repeat(5).slice(0, n);

/** Made up; each put together here, so that no scanner takes this file for a leak. */
export const examples: Record<string, string[]> = {
  github: [
    `ghp_${letters(36)}`,
    `gho_${letters(36)}`,
    `ghs_${letters(36)}`,
    `github_pat_${letters(22)}_${letters(59)}`,
  ],
  gitlab: [`glpat-${letters(20)}`, `gldt-${letters(20)}`, `glrt-${letters(20)}`],
  slack: [`xoxb-123456789012-${letters(24)}`, `xoxp-1-2-3-${letters(20)}`, `xapp-1-A0B1-${letters(20)}`],
  npm: [`npm_${letters(36)}`],
  aws: ['AKIA', 'ASIA'].map((id) => `${id}IOSFODNN7EXAMPLE`),
  google: [`AIza${letters(35)}`, `GOCSPX-${letters(28)}`],
  stripe: [`sk_live_${letters(24)}`, `rk_test_${letters(24)}`, `whsec_${letters(32)}`],
  models: [
    `sk-proj-${letters(40)}`,
    `sk-ant-api03-${letters(93)}AA`,
    `gsk_${letters(52)}`,
    `xai-${letters(80)}`,
    `pplx-${letters(48)}`,
  ],
  secretKey: [`sk-${letters(48)}`],
  huggingFace: ['hf_aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH', `r8_${letters(37)}`],
  pypi: [`pypi-AgEIcHlwaS5vcmc${letters(60)}`],
  digitalOcean: [`dop_v1_${hex(64)}`],
  shopify: [`shpat_${hex(32)}`],
  mailgun: [`key-${hex(32)}`],
  twilio: [`SK${hex(32)}`],
  atlassian: [`ATATT3${letters(60)}`],
  linear: [`lin_api_${letters(40)}`],
  notion: [`ntn_${letters(46)}`, `secret_${letters(43)}`],
  figma: [`figd_${letters(40)}`],
  sentry: [`sntrys_${letters(40)}`],
  databricks: [`dapi${hex(32)}`],
  docker: [`dckr_pat_${letters(27)}`],
  grafana: [`glsa_${letters(32)}_${hex(8)}`, `glc_${letters(40)}`],
  planetScale: [`pscale_tkn_${letters(43)}`],
  supabase: [`sbp_${hex(40)}`],
  newRelic: ['NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZ0'],
  rubyGems: [`rubygems_${hex(48)}`],
  square: [`sq0atp-${letters(22)}`],
  age: [`AGE-SECRET-KEY-1${'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'.repeat(2).slice(0, 58)}`],
  alibaba: [`LTAI${letters(20)}`],
  facebook: [`EAA${letters(120)}`],
  postman: [`PMAK-${hex(24)}-${hex(34)}`],
  netlify: [`nfp_${letters(36)}`],
};
/** Before the token, and the token. */
export const placed: Record<string, [before: string, token: string]> = {
  telegram: ['https://api.telegram.org/bot123456789:', `AAF${letters(32)}`],
  slackHook: ['https://hooks.slack.com/services/T0AB12CDE/B0AB12CDE/', letters(24)],
  discordHook: ['https://discord.com/api/webhooks/123456789012345678/', letters(68)],
  teamsHook: ['https://x.webhook.office.com/webhookb2/g@t/IncomingWebhook/', hex(32)],
  provider: ['https://mainnet.infura.io/v3/', hex(32)],
  google: ['Authorized with ya29.', letters(60)],
  googleRefresh: ['refreshed by 1//', `0g${letters(50)}`],
  vault: ['vault says hvs.', letters(24)],
  sendGrid: ['mail with SG.', `${letters(22)}.${letters(43)}`],
  terraform: [`${letters(14)}.atlasv1.`, letters(60)],
  doppler: ['dp.pt.', letters(43)],
};
export const webToken = `eyJhbGciOiJIUzI1NiJ9.eyJ${letters(30)}.${letters(43)}`;
export const pem = `-----BEGIN RSA PRIVATE KEY-----\n${letters(64)}\n${letters(64)}\n-----END RSA PRIVATE KEY-----`;
export const tokens = [...Object.values(examples).flat(), webToken];
