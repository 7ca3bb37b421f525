import type { PaymentDoor } from '../../flows/ports/payments.ts';
import { openForwardedCopy } from './forwarded-copy.ts';
import { openJsonNotice } from './json-notice.ts';
import { openXmlNotice } from './xml-notice.ts';

/** WeChat Pay's side of payment notices. Holds nothing. */
export const paymentDoor: PaymentDoor = {
  openXml: openXmlNotice,
  openJson: openJsonNotice,
  openForwarded: openForwardedCopy,
};
