const LENGTH_MIN = 10;
const LENGTH_MAX = 200;

/** The commonest passwords of ten characters and more, here and in China, as published lists of leaks have them. */
const COMMON = new Set(
  `1234567890 0123456789 9876543210 0987654321 1234512345 1234554321 1122334455 1111111111 0000000000 8888888888 6666666666
  12345678910 123456789a 123456789abc a123456789 aa123456789 aa12345678 q123456789 qq123456789 abc123456789 123456789q
  1qaz2wsx3edc 1q2w3e4r5t 1q2w3e4r5t6y qwertyuiop qwerty1234 qwerty12345 qwerty123456 qwert12345 asdfghjkl1 zxcvbnm123
  password12 password123 password1234 password12345 passw0rd123 p@ssw0rd123 p@ssword123 password123! administrator
  admin12345 admin123456 admin123456789 root123456 test123456 welcome123 welcome1234 letmein123 changeme123 iloveyou123
  woaini1314 woaini5201314 woaini123456 5201314520 1314520520 5201314aaa aini1314520 hongbao123 hongbao888 hongbao1234
  hongbao2026 wechat1234 weixin1234 weixin123456 gongzhonghao 1357924680 147258369a 1472583690 7894561230 a1b2c3d4e5
  qazwsxedcrfv qwertyuiop123 abcdefghij abcd123456 abcdef123456 aaaaaaaaaa asdfasdfasdf`.split(/\s+/),
);

/** Returns why a password may not be taken, in words for whoever chose it; null when it may. */
export function passwordFault(password: string, name: string): string | null {
  const plain = password.normalize('NFKC');
  const characters = Array.from(plain).length;
  if (characters < LENGTH_MIN) return `a password needs at least ${LENGTH_MIN} characters`;
  if (characters > LENGTH_MAX) return `a password takes at most ${LENGTH_MAX} characters`;
  const lower = plain.toLowerCase();
  if (COMMON.has(lower) || new Set(lower).size < 4) return 'this password is among the first that anyone tries';
  const own = name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, '');
  if (own.length >= 2 && lower.replaceAll(/\s+/g, '').includes(own)) return 'the password must not contain your name';
  return null;
}
