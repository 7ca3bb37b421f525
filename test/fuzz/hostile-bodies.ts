const BYTES_MAX = 65_536;

/** A body of the largest size that is read, made of one piece again and again. */
function filled(piece: string, open = '<xml>', close = '</xml>'): string {
  return open + piece.repeat(Math.floor((BYTES_MAX - open.length - close.length) / piece.length)) + close;
}

function message(fields: string): string {
  const head = '<ToUserName>gh_1</ToUserName><FromUserName>oFollower</FromUserName><CreateTime>1</CreateTime>';
  return `<xml>${head}${fields}</xml>`;
}

const numbered = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join('');

/** Bodies of 64 KB that would cost a careless reader seconds: what repeats, nests or never ends. */
export const hostileBodies: Readonly<Record<string, string>> = {
  'elements that never end': filled('<a>'),
  'elements nested 9000 deep': `<xml>${'<a>'.repeat(9000)}${'</a>'.repeat(9000)}</xml>`,
  'closings of other elements': `<xml>${'<a>'.repeat(9000)}${'</b>'.repeat(9000)}`,
  'sections that never end': filled('<![CDATA['),
  'sections that never end beside a declaration': filled('<![CDATA[', '<xml><!DOCTYPE '),
  'sections that never end after a declaration as text': filled('<![CDATA[', '<xml><a><![CDATA[<!DOCTYPE ]]>'),
  'a section of closing brackets': filled(']', '<xml><a><![CDATA[', ']]></a></xml>'),
  entities: filled('&lt;'),
  'unknown entities': filled('&zzzz;'),
  ampersands: filled('&'),
  attributes: `<xml ${numbered(9000, (index) => `a${index}="" `)}/>`,
  'one name repeated': filled('<a>1</a>'),
  'thousands of names': `<xml>${numbered(6000, (index) => `<a${index}/>`)}</xml>`,
  'a name of 60,000 letters': `<xml><${'a'.repeat(60_000)}>`,
  blanks: filled(' '),
  comments: filled('<!---->'),
  'a comment of dashes': filled('-', '<xml><!--', '--></xml>'),
  instructions: filled('<?a?>'),
  'declarations of nothing': filled('<!a>'),
  'open quotes': filled('<!"'),
  'control characters': filled('\u0001', '<xml><a>', '</a></xml>'),
  'a text of one long blank': message(
    `<MsgType>text</MsgType><MsgId>1</MsgId><Content>${' '.repeat(60_000)}</Content>`,
  ),
  'a number of 60,000 digits': message(
    `<MsgType>location</MsgType><MsgId>1</MsgId><Scale>${'1'.repeat(60_000)}</Scale>`,
  ),
  'thousands of rights withdrawn': message(
    `<MsgType>event</MsgType><Event>user_authorization_revoke</Event><RevokeInfo>${'1,'.repeat(30_000)}</RevokeInfo>`,
  ),
  'thousands of pictures': message(
    `<MsgType>event</MsgType><Event>pic_weixin</Event><SendPicsInfo>${'<PicList><item><PicMd5Sum>1</PicMd5Sum></item></PicList>'.repeat(1100)}</SendPicsInfo>`,
  ),
};
