import Database from "better-sqlite3";

/*
 * A program of its own, since nothing can interrupt SQLite: looks through the whole database and writes what is wrong with
 * it to standard output, `ok` if nothing is.
 *   check-process DATABASE
 */

const MOST_PROBLEMS = 5;

const [, , path = ""] = process.argv;
const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
const rows = database.pragma(`quick_check(${MOST_PROBLEMS})`) as { quick_check: string }[];
database.close();
process.stdout.write(rows.map((row) => row.quick_check).join("; "));
