/** App ids bound to a merchant, of official accounts and of mini programs. */
export interface BoundApps {
  readonly accounts: readonly string[];
  readonly miniPrograms: readonly string[];
}

/** What goes out under an app id: to the chat of an official account, or into a mini program. */
export type PaidUnder = 'account' | 'mini-program';

/**
 * Says why a merchant cannot pay under an app id, null when it can as far as anybody knows: WeChat Pay answers for a pair
 * that is not bound that "the merchant and the appid do not match", and for a mini program's app id on a packet for chats
 * that it is illegal (https://pay.weixin.qq.com/doc/v2/merchant/4011974053). WeChat Pay tells nobody which pairs are bound,
 * so operators copy them from the merchant platform; an empty list checks nothing.
 */
export function unboundReason(
  pair: { readonly appId: string; readonly mchId: string; readonly as: PaidUnder },
  { accounts, miniPrograms }: BoundApps,
): string | null {
  const { appId, mchId } = pair;
  if (pair.as === 'mini-program') {
    if (miniPrograms.includes(appId)) return null;
    return `${appId} is not among the mini programs bound to merchant ${mchId}: bind it in the merchant platform (产品中心 - AppID账号管理) and enter it with the merchant`;
  }
  if (miniPrograms.includes(appId))
    return `${appId} is a mini program, and packets for chats go under an official account: use packets of mini programs`;
  if (accounts.length === 0 || accounts.includes(appId)) return null;
  return `${appId} is not bound to merchant ${mchId}: bind it in the merchant platform (产品中心 - AppID账号管理) and enter it with the merchant, or let the account be paid by another`;
}
