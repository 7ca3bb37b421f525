import { readXml, xmlText } from '../../src/base/xml.ts';
import type { Answer } from './tls-server.ts';

/** Answers a send as paid and a query as SENT, echoing what was asked. */
export const payAsAsked: Answer = (seen, response) => {
  const root = readXml(seen.body);
  const echo = (name: string) => `<${name}><![CDATA[${xmlText(root, name) ?? ''}]]></${name}>`;
  const both = '<return_code>SUCCESS</return_code><result_code>SUCCESS</result_code>';
  const ids = ['mch_billno', 'mch_id', 'wxappid', 're_openid', 'total_amount'].map(echo).join('');
  response.end(
    seen.path.endsWith('sendredpack')
      ? `<xml>${both}${ids}<send_listid>1000041701202611213000000001</send_listid></xml>`
      : `<xml>${both}${echo('mch_billno')}${echo('mch_id')}<total_amount>100</total_amount><status>SENT</status></xml>`,
  );
};
