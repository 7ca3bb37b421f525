import { OutsideTrouble } from '../base/errors.ts';

// Classes of SQLSTATE that say "not now" rather than "never": connection, rollback, resources, intervention, system.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const PASSING_CLASSES = new Set(['08', '40', '53', '57', '58']);
const PASSING_CODES = new Set([
  '55P03', // lock_not_available: lock_timeout ran out
  '25P02', // in_failed_sql_transaction
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
]);

/**
 * Returns an OutsideTrouble for a database failure that may pass (connection lost, lock not had in time, deadlock,
 * out of connections) and the error itself for one that will come again with the same data.
 */
export function asOutsideTrouble(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof OutsideTrouble) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const lost =
    /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|not queryable/.test(error.message);
  // Another activity answered the same message in the meantime; the next try finds its reply.
  const taken = code === '23505' && 'constraint' in error && error.constraint === 'draw_pk';
  if (lost || taken || PASSING_CODES.has(code) || PASSING_CLASSES.has(code.slice(0, 2))) {
    return new OutsideTrouble('database-trouble', `the database did not do it: ${error.message}`, { cause: error });
  }
  return error;
}
