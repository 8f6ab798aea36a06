/**
 * Preloaded into Node-RED and, by NODE_OPTIONS, into its storage thread: while the file named in FULL_DISK is there, SQLite may
 * add no page to the database, and opening it anew fails as well. The first comes from SQLite itself, where a full disk makes it fail.
 */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const { exec } = DatabaseSync.prototype;
const ANY_SIZE = 1_073_741_823;
const SQLITE_FULL = 13;

DatabaseSync.prototype.exec = function (sql) {
  const full = existsSync(process.env.FULL_DISK);
  if (full && sql.startsWith('pragma journal_mode')) {
    throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: SQLITE_FULL });
  }
  // A limit below the present size means: not one page more.
  if (sql.startsWith('begin')) exec.call(this, `pragma max_page_count = ${full ? 1 : ANY_SIZE}`);
  return exec.call(this, sql);
};
