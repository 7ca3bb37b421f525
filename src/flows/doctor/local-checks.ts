import type { DoctorProbes } from '../ports/doctor.ts';
import { fine, said, skipped, trouble } from './finding.ts';
import type { Finding } from './finding.ts';
import { payAdvice } from './pay-advice.ts';

/** API v3 refuses what is five minutes off (https://pay.weixin.qq.com/doc/v3/merchant/4012365342). */
const CLOCK_WARNING_MS = 5000;
const CLOCK_FAILED_MS = 120_000;
const PRIVATE_ADDRESS =
  /^(?:::ffff:)?(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.)|^::1$|^f[cd]/;

/** Whether the database answers, has this version's schema, and agrees about the time. */
export async function checkDatabase(probes: Pick<DoctorProbes, 'database'>): Promise<readonly Finding[]> {
  const about = 'DATABASE_URL';
  const place = { check: 'database', about } as const;
  const found = await probes.database();
  if (found.kind === 'failed') {
    const causes = [
      said('it does not run, or cannot be reached from here', '数据库没有运行，或从这里访问不到'),
      said('user, password or database name are others', '用户名、密码或库名不对'),
    ];
    const todo = [
      said(
        'psql "$DATABASE_URL" -c "select 1" on this server tells which',
        '在本服务器执行 psql "$DATABASE_URL" -c "select 1" 即可判断',
      ),
    ];
    return [trouble(place, said(found.message, found.message), { causes, todo })];
  }
  return [
    fine(place, said('it answers', '正常应答')),
    schemaFinding(found.behind),
    clockFinding({ check: 'clock-database', about }, -found.aheadMs, said('the database’s', '数据库')),
  ];
}

function schemaFinding(behind: readonly string[]): Finding {
  const place = { check: 'schema', about: 'DATABASE_URL' } as const;
  if (behind.length === 0) return fine(place, said('the schema is this version’s', '表结构与本版本一致'));
  const names = behind.join(', ');
  const found = said(
    `${behind.length} migrations were not applied: ${names}`,
    `有 ${behind.length} 个迁移没有执行：${names}`,
  );
  const causes = [said('a new version was started without them', '升级后没有执行迁移')];
  return trouble(place, found, { causes, todo: [said('npm run cli -- migrate', '执行 npm run cli -- migrate')] });
}

/** Whether Redis answers. */
export async function checkRedis(probes: Pick<DoctorProbes, 'redis'>): Promise<readonly Finding[]> {
  const place = { check: 'redis', about: 'REDIS_URL' } as const;
  const found = await probes.redis();
  if (found.kind === 'ok') return [fine(place, said('it answers', '正常应答'))];
  const causes = [
    said(
      'it does not run, cannot be reached from here, or wants another password',
      'Redis 没有运行、从这里访问不到，或密码不对',
    ),
  ];
  const todo = [
    said(
      'redis-cli -u "$REDIS_URL" ping on this server tells which; money is right without it, but processes do not share tokens and limits',
      '在本服务器执行 redis-cli -u "$REDIS_URL" ping 即可判断；缺少它资金仍然正确，但多个进程不共享令牌与限流',
    ),
  ];
  return [trouble(place, said(found.message, found.message), { causes, todo })];
}

/** Whether WeChat Pay can be reached, what its clock says, and from where we call it. */
export async function checkPayHost(probes: Pick<DoctorProbes, 'payHost'>): Promise<readonly Finding[]> {
  const place = { check: 'pay-host', about: 'WECHAT_PAY_URL' } as const;
  const found = await probes.payHost();
  if (found.kind === 'failed') {
    return [trouble(place, said(found.message, found.message), payAdvice('not-connected', ''))];
  }
  return [
    fine(place, said('it answers, with a certificate that is good', '正常应答，证书有效')),
    clockFinding({ check: 'clock', about: 'NTP' }, -found.aheadMs, said('WeChat Pay’s', '微信支付')),
    addressFinding(found.address),
  ];
}

function addressFinding(address: string): Finding {
  const place = { check: 'address', about: 'IP' } as const;
  if (PRIVATE_ADDRESS.test(address)) {
    return skipped(
      place,
      said(
        `this server calls from ${address}, behind a gateway whose address only WeChat sees: an IP list needs that one`,
        `本服务器以内网地址 ${address} 访问，出口是网关的公网 IP（只有微信能看到）：IP 白名单要填那个公网 IP`,
      ),
    );
  }
  return fine(
    place,
    said(
      `this server calls WeChat Pay from ${address}: an IP list needs it`,
      `本服务器以 ${address} 访问微信支付：IP 白名单要包含它`,
    ),
  );
}

/** `aheadMs`: how far this server's clock is ahead of the other. */
function clockFinding(
  place: Pick<Finding, 'check' | 'about'>,
  aheadMs: number,
  whose: { readonly en: string; readonly zh: string },
): Finding {
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const found = said(
    `this server’s clock is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} ${whose.en}`,
    `本服务器时钟比${whose.zh}${aheadMs > 0 ? '快' : '慢'} ${seconds} 秒`,
  );
  if (Math.abs(aheadMs) < CLOCK_WARNING_MS) return fine(place, found);
  const causes = [said('nothing sets the clock of this server, or of the other', '本服务器（或对方）没有自动校时')];
  const todo = [
    said(
      'timedatectl set-ntp true (or chrony); days, limits, leases and API v3 go by it',
      '执行 timedatectl set-ntp true（或使用 chrony）；按日统计、限额、租约与 API v3 都依赖时钟',
    ),
  ];
  const state = Math.abs(aheadMs) < CLOCK_FAILED_MS ? ({ state: 'warning' } as const) : {};
  return trouble(place, found, { causes, todo, ...state });
}
