import { said } from './finding.ts';
import type { Advice } from './finding.ts';

const PLATFORM = 'pay.weixin.qq.com (商户平台)';
const SECURITY_PAGE = `${PLATFORM} > 账户中心 > API安全`;
const CERTIFICATE_PAGE = `${SECURITY_PAGE} > API证书`;
const PRODUCT_PAGE = `${PLATFORM} > 产品中心 > 现金红包 (商家红包) > 产品设置`;
const BINDING_PAGE = `${PLATFORM} > 产品中心 > AppID账号管理`;

/** NO_AUTH says three things, which only its text tells apart. */
const NO_AUTH = {
  address: {
    causes: [
      said(
        'the address that WeChat Pay sees is not on the red packet IP list of the merchant',
        '微信支付看到的出口 IP 不在商户现金红包的 IP 设置里',
      ),
    ],
    todo: [
      said(
        `${PRODUCT_PAGE} > IP设置: add the public address this server calls from, or empty the list to allow any`,
        `${PRODUCT_PAGE} > IP设置：加入本服务器的公网出口 IP，或清空列表表示不限制`,
      ),
      said(
        'behind NAT or a proxy that is the address of the gateway; WECHAT_PAY_CLIENT_IP is only told along and not what is checked',
        '在 NAT 或代理之后，要填网关的公网 IP；WECHAT_PAY_CLIENT_IP 只是随请求上报，不是被校验的 IP',
      ),
    ],
  },
  product: {
    causes: [
      said(
        'the product 现金红包 (商家红包) is not opened for this merchant',
        '该商户号没有开通“现金红包（商家红包）”产品',
      ),
      said(
        'the merchant is younger than 90 days or has not traded for 30 days in a row, so that it cannot be opened yet',
        '商户号入驻未满 90 天，或没有连续 30 天正常交易，暂时不能开通',
      ),
    ],
    todo: [
      said(
        `${PLATFORM} > 产品中心 > 现金红包: apply for it or open it; a service provider needs the authorization of the sub-merchant`,
        `${PLATFORM} > 产品中心 > 现金红包：申请开通；服务商模式还需要特约商户授权`,
      ),
    ],
  },
  risk: {
    causes: [
      said(
        'WeChat Pay takes the receiver, or the way packets are sent, for a risk (about one person, not about the set-up)',
        '微信支付判定收款人或发放方式存在风险（针对个人，不是配置问题）',
      ),
    ],
    todo: [
      said(
        'let the person use an account that is bound to a bank card and in daily use',
        '请用户使用已绑银行卡、日常使用的微信号',
      ),
      said(
        `${PRODUCT_PAGE} > 防刷等级: lower the level where many honest people are refused`,
        `${PRODUCT_PAGE} > 防刷等级：如大量正常用户被拦截，可调低等级`,
      ),
    ],
  },
} as const satisfies Record<string, Advice>;

const ADVICE: Readonly<Record<string, Advice>> = {
  CA_ERROR: {
    causes: [
      said(
        'the certificate is not this merchant’s, or was replaced: an old one ends 14 days after a new one was issued',
        '证书不是这个商户号的，或已被更换：新证书签发 14 天后旧证书失效',
      ),
      said(
        'a proxy between this server and WeChat Pay ends TLS, so that no certificate arrives',
        '本服务器与微信支付之间的代理终止了 TLS，证书没有送达',
      ),
    ],
    todo: [
      said(
        `${CERTIFICATE_PAGE}: compare the serial number; else apply for a new certificate with the certificate tool and set WECHAT_PAY_CERT_P12_FILE`,
        `${CERTIFICATE_PAGE}：核对证书序列号；不一致则用证书工具申请新证书，并设置 WECHAT_PAY_CERT_P12_FILE`,
      ),
    ],
  },
  SIGN_ERROR: {
    causes: [
      said(
        'WECHAT_PAY_API_KEY is not the APIv2 key of this merchant: it was set anew, or is the APIv3 key',
        'WECHAT_PAY_API_KEY 不是该商户号的 APIv2 密钥：密钥被重新设置过，或误填了 APIv3 密钥',
      ),
    ],
    todo: [
      said(
        `${SECURITY_PAGE} > APIv2密钥: set it anew, and the same 32 characters here; it applies at once`,
        `${SECURITY_PAGE} > APIv2密钥：重新设置，并把同样的 32 位字符配置到这里；立即生效`,
      ),
    ],
  },
  API_METHOD_CLOSED: {
    causes: [said('sending by API is switched off for the merchant', '商户平台关闭了“通过 API 发放”')],
    todo: [
      said(
        `${PRODUCT_PAGE}: switch on 通过API发放 (needs an administrator)`,
        `${PRODUCT_PAGE}：打开“通过API发放”（需要超级管理员）`,
      ),
    ],
  },
  PAYER_ACCOUNT_ABNORMAL: {
    causes: [said('WeChat Pay has restricted or frozen the merchant’s account', '微信支付限制或冻结了商户账户')],
    todo: [
      said(
        `${PLATFORM} > 消息中心: read the notice and do what it asks for; no packet goes out before`,
        `${PLATFORM} > 消息中心：查看通知并按要求处理；处理前发不出红包`,
      ),
    ],
  },
  ILLEGAL_APPID: {
    causes: [
      said(
        'WECHAT_APP_ID is that of a mini program or of a mobile app, which cannot send these packets',
        'WECHAT_APP_ID 是小程序或移动应用的 AppID，不能发公众号红包',
      ),
    ],
    todo: [
      said(
        'take the AppID of the Official Account: mp.weixin.qq.com > 设置与开发 > 开发接口管理',
        '改用公众号的 AppID：mp.weixin.qq.com > 设置与开发 > 开发接口管理',
      ),
    ],
  },
  FREQ_LIMIT: {
    causes: [
      said(
        'the merchant calls too often at the moment, here or elsewhere',
        '该商户号当前调用过于频繁（本系统或其他系统）',
      ),
    ],
    todo: [
      said(
        'run this again in a minute; no other system should send more than 30 packets a second with ours',
        '一分钟后再试；与其他系统合计每秒不要超过 30 个红包',
      ),
    ],
  },
  XML_ERROR: {
    causes: [
      said('what arrived is not what was sent: a proxy changes requests', '到达的报文与发出的不一致：代理改动了请求'),
    ],
    todo: [
      said(
        'call WeChat Pay without a proxy, or let it pass bodies through unchanged',
        '不经代理直接访问微信支付，或让代理原样转发报文',
      ),
    ],
  },
};

const BINDING: Advice = {
  causes: [
    said(
      'the AppID is not bound to this merchant, or one of the two numbers is another one’s',
      'AppID 没有与该商户号绑定，或两个号之一填错了',
    ),
  ],
  todo: [
    said(
      `${BINDING_PAGE} > 关联AppID: bind WECHAT_APP_ID, and accept it on mp.weixin.qq.com > 广告与服务 > 微信支付`,
      `${BINDING_PAGE} > 关联AppID：关联 WECHAT_APP_ID，再到 mp.weixin.qq.com > 广告与服务 > 微信支付 确认授权`,
    ),
    said(
      'compare WECHAT_APP_ID and WECHAT_PAY_MCH_ID with both pages',
      '在两边页面核对 WECHAT_APP_ID 与 WECHAT_PAY_MCH_ID',
    ),
  ],
};

const UNKNOWN: Advice = {
  causes: [
    said(
      'WeChat Pay said something that is not in its tables, or is in trouble itself',
      '微信支付返回了文档之外的内容，或其自身故障',
    ),
  ],
  todo: [
    said(
      'run this again in some minutes; if it stays, ask 商户平台 > 在线客服 with the code and the text',
      '过几分钟再试；仍然如此，请带上错误码与文字咨询商户平台在线客服',
    ),
  ],
};

const NETWORK: Advice = {
  causes: [
    said(
      'a firewall or a missing route: this server cannot reach the host on port 443',
      '防火墙或路由问题：本服务器访问不到该主机的 443 端口',
    ),
    said(
      'the name cannot be resolved, or the certificate of whoever answers is not WeChat Pay’s (a proxy, or WECHAT_PAY_URL)',
      '域名解析失败，或应答方的证书不是微信支付的（代理，或 WECHAT_PAY_URL 有误）',
    ),
  ],
  todo: [
    said(
      'on this server: curl -v https://api.mch.weixin.qq.com/ ; open outgoing TCP 443 and DNS',
      '在本服务器执行 curl -v https://api.mch.weixin.qq.com/ ，放行出站 TCP 443 与 DNS',
    ),
  ],
};

const CERTIFICATE_UNUSABLE: Advice = {
  causes: [
    said(
      'certificate and private key are not of one download, or the certificate has ended',
      '证书与私钥不是同一份，或证书已过期',
    ),
  ],
  todo: [
    said(
      `${CERTIFICATE_PAGE}: take both files of one download, or the .p12`,
      `${CERTIFICATE_PAGE}：使用同一次下载的两个文件，或使用 .p12`,
    ),
  ],
};

/** Returns what usually stands behind an answer of WeChat Pay, by its code and, where one code has several meanings, its text. */
export function payAdvice(code: string, message: string): Advice {
  if (code === 'NO_AUTH') return NO_AUTH[noAuthMeaning(message)];
  if (code === 'PARAM_ERROR') return /不匹配|appid|商户号|mch/i.test(message) ? BINDING : UNKNOWN;
  if (code === 'certificate-unusable') return CERTIFICATE_UNUSABLE;
  if (/^(?:not-connected|deadline|connection-lost|http-)/.test(code)) return NETWORK;
  return Object.hasOwn(ADVICE, code) ? (ADVICE[code] ?? UNKNOWN) : UNKNOWN;
}

/** Which of its three meanings a NO_AUTH has. */
export function noAuthMeaning(message: string): keyof typeof NO_AUTH {
  if (/IP|地址/i.test(message)) return 'address';
  return /权限|开通|产品/.test(message) ? 'product' : 'risk';
}
