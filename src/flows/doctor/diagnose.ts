import type { Account, Merchant } from '../ports/accounts.ts';
import type { DoctorProbes } from '../ports/doctor.ts';
import { fine, said, skipped, trouble } from './finding.ts';
import type { Finding } from './finding.ts';
import { checkDatabase, checkPayHost, checkRedis } from './local-checks.ts';
import { payAdvice } from './pay-advice.ts';
import { tokenAdvice } from './token-advice.ts';

const DAY_MS = 86_400_000;
/** A merchant certificate is renewed by hand, which takes a day or two of asking around. */
const CERTIFICATE_WARNING_DAYS = 30;

/** One Official Account with the merchant that pays for it. */
export interface Patient {
  readonly account: Account;
  readonly merchant: Merchant | null;
}

/**
 * Looks at everything that has to be right before the first real packet and says of each how it is, what usually causes what is
 * wrong, and what to do. Pays nothing and changes nothing: the pay host is asked about an order number that does not exist,
 * which proves certificate, key, merchant, binding, product and address at once.
 */
export async function diagnose(
  probes: DoctorProbes,
  patients: readonly Patient[],
  nowMs: number,
): Promise<readonly Finding[]> {
  const shared = [checkDatabase(probes), checkRedis(probes), checkPayHost(probes)];
  const own = patients.map((patient) => examine(probes, patient, nowMs));
  const found = (await Promise.all([...shared, ...own])).flat();
  return patients.length === 0 ? [...found, noAccount()] : found;
}

function noAccount(): Finding {
  const found = said('no account can be read from the database, or none is there', '数据库里没有公众号，或都无法读取');
  const causes = [
    said(
      'SECRETS_KEY is another one than the secrets were sealed under, as after a move or a restored backup',
      'SECRETS_KEY 与加密时的不同，例如迁移或恢复备份之后',
    ),
  ];
  const todo = [said('start the service with the SECRETS_KEY it had before', '用原来的 SECRETS_KEY 启动服务')];
  return trouble({ check: 'configuration', about: 'SECRETS_KEY' }, found, { causes, todo });
}

async function examine(
  probes: DoctorProbes,
  { account, merchant }: Patient,
  nowMs: number,
): Promise<readonly Finding[]> {
  const [callback, token] = await Promise.all([callbackFinding(probes, account), tokenFinding(probes, account)]);
  if (merchant === null) {
    const place = { check: 'merchant', about: account.id } as const;
    const none = said('no merchant is linked: this account pays nothing itself', '没有关联商户号：该公众号自己不付款');
    return [callback, token, skipped(place, none)];
  }
  return [
    callback,
    token,
    keyFinding(merchant),
    certificateFinding(probes, merchant, nowMs),
    await queryFinding(probes, account, merchant),
  ];
}

async function callbackFinding(probes: DoctorProbes, account: Account): Promise<Finding> {
  const place = { check: 'public-url', about: account.id } as const;
  const found = await probes.callback(account);
  if (found.kind === 'ok') {
    return fine(
      place,
      said('the callback answers under PUBLIC_URL as WeChat expects', 'PUBLIC_URL 下的回调地址按微信的要求正常应答'),
    );
  }
  const causes = [
    said(
      'the service does not run yet, or the proxy in front of it does not pass /wechat on',
      '服务还没有启动，或前面的反向代理没有转发 /wechat',
    ),
    said(
      'PUBLIC_URL is another address than the one the outside uses, its certificate is not good, or this server cannot call its own public address',
      'PUBLIC_URL 不是外部访问用的地址、其证书无效，或本服务器无法访问自己的公网地址',
    ),
    said(
      'the token of the account is another one than the service was started with',
      '该公众号的 Token 与服务启动时的不同',
    ),
  ];
  const todo = [
    said(
      'start the service, and open PUBLIC_URL/healthz in a browser outside',
      '启动服务，在外网浏览器打开 PUBLIC_URL/healthz',
    ),
    said(
      'mp.weixin.qq.com > 设置与开发 > 开发接口管理 > 基本配置 > 服务器配置 has the same URL, Token and EncodingAESKey',
      'mp.weixin.qq.com > 设置与开发 > 开发接口管理 > 基本配置 > 服务器配置 里的 URL、Token、EncodingAESKey 要一致',
    ),
  ];
  return trouble(place, said(found.message, found.message), { causes, todo });
}

async function tokenFinding(probes: DoctorProbes, account: Account): Promise<Finding> {
  const place = { check: 'app-secret', about: account.id } as const;
  const answer = await probes.token(account);
  if (answer.kind === 'ok') {
    return fine(
      place,
      said('WeChat takes AppID, AppSecret and this server’s address', '微信接受 AppID、AppSecret 与本服务器的 IP'),
    );
  }
  if (answer.kind === 'failed') return trouble(place, said(answer.message, answer.message), tokenAdvice(0));
  const told = `${answer.errcode} ${answer.errmsg}`;
  return trouble(place, said(`WeChat says ${told}`, `微信返回 ${told}`), tokenAdvice(answer.errcode));
}

function keyFinding(merchant: Merchant): Finding {
  const place = { check: 'key-length', about: merchant.id } as const;
  if (/^[0-9A-Za-z]{32}$/.test(merchant.apiKey)) {
    return fine(place, said('the APIv2 key has 32 letters and digits', 'APIv2 密钥是 32 位字母和数字'));
  }
  const { length } = merchant.apiKey;
  const found = said(
    `the APIv2 key is not 32 letters and digits: it has ${length} characters`,
    `APIv2 密钥不是 32 位字母和数字：现有 ${length} 个字符`,
  );
  const causes = [said('something else was copied, or a part of it', '复制了别的内容，或没有复制完整')];
  const todo = [
    said(
      'pay.weixin.qq.com > 账户中心 > API安全 > APIv2密钥: 32 letters and digits',
      'pay.weixin.qq.com > 账户中心 > API安全 > APIv2密钥：32 位字母和数字',
    ),
  ];
  return trouble(place, found, { causes, todo });
}

function certificateFinding(probes: DoctorProbes, merchant: Merchant, nowMs: number): Finding {
  const place = { check: 'certificate', about: merchant.id } as const;
  const found = probes.certificate(merchant);
  if (found.kind === 'failed') {
    return trouble(place, said(found.message, found.message), payAdvice('certificate-unusable', ''));
  }
  const { names, serial, notAfterMs } = found;
  if (names !== merchant.mchId) return foreignCertificate(place, names, merchant.mchId);
  const days = Math.floor((notAfterMs - nowMs) / DAY_MS);
  if (days >= CERTIFICATE_WARNING_DAYS) {
    return fine(
      place,
      said(
        `of merchant ${names}, serial ${serial}, ${days} days left`,
        `属于商户号 ${names}，序列号 ${serial}，还有 ${days} 天到期`,
      ),
    );
  }
  const causes = [
    said(
      'merchant certificates end after some years and are not renewed by themselves',
      '商户证书几年后到期，不会自动续期',
    ),
  ];
  const todo = [
    said(
      '账户中心 > API安全 > API证书 > 更换证书; the service takes a new file without a restart',
      '账户中心 > API安全 > API证书 > 更换证书；换上新文件后服务无需重启',
    ),
  ];
  const left =
    days < 0
      ? said(`the certificate ended ${-days} days ago`, `证书已过期 ${-days} 天`)
      : said(`the certificate ends in ${days} days`, `证书 ${days} 天后到期`);
  return trouble(place, left, { causes, todo, ...(days < 0 ? {} : { state: 'warning' }) });
}

function foreignCertificate(place: Pick<Finding, 'check' | 'about'>, names: string, mchId: string): Finding {
  const found = said(
    `the certificate is of merchant ${names}, not of ${mchId}`,
    `证书属于商户号 ${names}，不是 ${mchId}`,
  );
  const causes = [
    said(
      'the certificate of another merchant was installed, or WECHAT_PAY_MCH_ID is another one’s',
      '装了另一个商户号的证书，或 WECHAT_PAY_MCH_ID 填错了',
    ),
  ];
  const todo = [
    said(
      'take the certificate from the platform account of this merchant: 账户中心 > API安全 > API证书',
      '用该商户号登录商户平台取证书：账户中心 > API安全 > API证书',
    ),
  ];
  return trouble(place, found, { causes, todo });
}

async function queryFinding(probes: DoctorProbes, account: Account, merchant: Merchant): Promise<Finding> {
  const place = { check: 'signed-query', about: `${merchant.id} / ${account.id}` } as const;
  const answer = await probes.payQuery(merchant, account.appId);
  if (answer.kind === 'not-found') {
    return fine(
      place,
      said(
        'WeChat Pay answered a signed query: certificate, key, merchant, AppID and address are right',
        '微信支付应答了签名查询：证书、密钥、商户号、AppID、IP 都正确',
      ),
    );
  }
  const told = `${answer.code}${answer.message === '' ? '' : `: ${answer.message}`}`;
  return trouble(
    place,
    said(`WeChat Pay says ${told}`, `微信支付返回 ${told}`),
    payAdvice(answer.code, answer.message),
  );
}
