import type pg from 'pg';
import type { RuleVersion, RuleVersions } from '../flows/ports/rule-versions.ts';
import { asOutsideTrouble } from './database-trouble.ts';

const VERSIONS_MAX = 200;

/** The versions of rules in Postgres, which nothing updates. */
export function createRuleVersions(pool: pg.Pool): RuleVersions {
  return {
    async list({ accountId, id }) {
      const found = await pool
        .query<RuleVersion>(
          `select version, (extract(epoch from rule_version.created_at) * 1000)::float8 as "publishedAtMs",
              operator.name as "publishedBy",
              version = published_version and state in ('published', 'paused') as "inForce"
            from rule_version join activity on activity.account_id = rule_version.account_id and activity.id = activity_id
            left join operator on operator.id = published_by
            where rule_version.account_id = $1 and activity_id = $2 order by version desc limit ${VERSIONS_MAX}`,
          [accountId, id],
        )
        .catch((error: unknown) => {
          throw asOutsideTrouble(error);
        });
      return found.rows;
    },
    async ruleOf({ accountId, id }, version) {
      const found = await pool
        .query<{ rule: unknown }>(
          'select rule from rule_version where account_id = $1 and activity_id = $2 and version = $3',
          [accountId, id, version],
        )
        .catch((error: unknown) => {
          throw asOutsideTrouble(error);
        });
      return found.rows[0]?.rule;
    },
  };
}
