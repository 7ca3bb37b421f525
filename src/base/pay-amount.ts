/** What a packet is worth and which scene it names. */
export interface PacketAmount {
  readonly amountFen: number;
  /** `PRODUCT_1` .. `PRODUCT_8`, or null for none. */
  readonly sceneId: string | null;
}

/** What a merchant may send: the range its platform allows, both ends included, and the scenes opened for it. */
export interface AllowedAmounts {
  readonly amountMinFen: number;
  readonly amountMaxFen: number;
  readonly scenes: readonly string[];
}

/** Which of the two is wrong and why. */
export interface PacketAmountFault {
  readonly field: keyof PacketAmount;
  readonly message: string;
}

export const PAY_SCENES: readonly string[] = Array.from({ length: 8 }, (_, index) => `PRODUCT_${index + 1}`);
/** The most any packet can carry: with a scene, and by arrangement. */
export const PACKET_FEN_MAX = 499_900;
/** What a packet may carry without a scene: 1 to 200 yuan, both ends included. */
export const PLAIN_FEN = { min: 100, max: 20_000 } as const;

/** Whether an amount needs no scene; only one that needs it is sent with one. */
export function isPlainAmount(amountFen: number): boolean {
  return amountFen >= PLAIN_FEN.min && amountFen <= PLAIN_FEN.max;
}

/**
 * Finds what WeChat Pay would refuse in a packet's amount or scene, null when it may be sent: without a scene 100 to
 * 20000 fen, with one that is open for the merchant 1 to 499900, and always within the merchant's own range
 * (https://pay.weixin.qq.com/doc/v2/merchant/4011974053).
 */
export function findPacketAmountFault(packet: PacketAmount, allowed: AllowedAmounts): PacketAmountFault | null {
  const { amountFen, sceneId } = packet;
  if (sceneId !== null && !PAY_SCENES.includes(sceneId))
    return { field: 'sceneId', message: 'PRODUCT_1 to PRODUCT_8 or none' };
  if (sceneId !== null && !allowed.scenes.includes(sceneId))
    return { field: 'sceneId', message: `the scene ${sceneId} is not opened for this merchant` };
  if (!Number.isSafeInteger(amountFen) || amountFen < 1 || amountFen > PACKET_FEN_MAX)
    return { field: 'amountFen', message: `a whole number of fen from 1 to ${PACKET_FEN_MAX} is needed` };
  if (sceneId === null && !isPlainAmount(amountFen))
    return { field: 'sceneId', message: 'below 1 and above 200 yuan a scene is needed' };
  if (amountFen < allowed.amountMinFen || amountFen > allowed.amountMaxFen) {
    const range = `${allowed.amountMinFen} to ${allowed.amountMaxFen} fen`;
    return { field: 'amountFen', message: `this merchant sends ${range} in one packet` };
  }
  return null;
}
