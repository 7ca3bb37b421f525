import { z } from 'zod';

export const miniPacketsAnswer = z.object({
  packets: z
    .array(
      z.object({
        orderNumber: z.string(),
        amountFen: z.int(),
        untilMs: z.number().describe('About when it goes back, Unix ms'),
        claim: z
          .object({
            timeStamp: z.string(),
            nonceStr: z.string(),
            package: z.string(),
            signType: z.literal('MD5'),
            paySign: z.string(),
          })
          .describe('What the mini program hands to wx.sendBizRedPacket as it is; signed anew at each call'),
      }),
    )
    .max(20),
});
