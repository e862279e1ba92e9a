import Database from "better-sqlite3";
import { STATE_VIEWS, VIEWED_TABLES } from "./state-views.ts";

/** Most rows of an answer. */
const MAX_ROWS = 200;
/** Most characters of a cell. */
const MAX_CELL_CHARACTERS = 2_000;
/** An unnamed column is called by its whole expression. */
const MAX_NAME_CHARACTERS = 60;
const MAX_BYTES = 256 * 1024;

type Cell = string | number | null;

/** Rows of an answer. `isCut`: there was more, or a cell was longer. */
export interface Rows {
  columns: string[];
  rows: Cell[][];
  isCut: boolean;
}

/** Why a query was not run, in a sentence. */
export class QueryRefused extends Error {}

/**
 * Runs one SELECT over the views of the trace. May take any time and memory: it belongs into a process that can be
 * killed. Nothing can be written, attached or loaded: the file is opened for reading, the statement must be one that only
 * reads, and its program may open the viewed tables and nothing else, so that a table of a later version is closed
 * unless its view is made.
 * @throws QueryRefused, or what SQLite throws
 */
export function runQuery(path: string, sql: string): Rows {
  const query = singleSelect(sql);
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 1_000 });
  try {
    database.pragma("temp_store = MEMORY");
    for (const { name, columns, select } of STATE_VIEWS) {
      database.exec(`CREATE TEMP VIEW ${name} (${columns.join(", ")}) AS ${select}`);
    }
    database.pragma("trusted_schema = OFF");
    database.pragma("query_only = ON");
    refuseOtherTables(database, query);
    const statement = database.prepare<[], unknown[]>(query);
    if (!statement.reader || !statement.readonly) throw new QueryRefused("Only one SELECT is run here.");
    return rowsOf(statement.safeIntegers(true));
  } finally {
    database.close();
  }
}

/** The statement, once it is clear that it begins as one that reads. PRAGMA acts already when it is compiled. */
function singleSelect(sql: string): string {
  if (sql.includes("\0")) throw new QueryRefused("The SQL holds a NUL character.");
  const start = sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)+/, "");
  if (/^(?:select|with|values)\b/i.test(start)) return start;
  throw new QueryRefused("Only one SELECT is run here; it begins with SELECT or WITH.");
}

interface Instruction {
  opcode: string;
  p2: number;
  p3: number;
  p4: string | null;
}

/** Looks at the compiled program: what it opens is what it can read, whatever names the SQL used. */
function refuseOtherTables(database: Database.Database, query: string): void {
  const program = (sql: string) => database.prepare<[], Instruction>(`EXPLAIN ${sql}`).all();
  const names = VIEWED_TABLES.map(() => "?").join(", ");
  const roots = database
    .prepare<string[], number>(`SELECT rootpage FROM main.sqlite_schema WHERE tbl_name IN (${names})`)
    .pluck()
    .all(...VIEWED_TABLES);
  const json = program("SELECT 1 FROM json_each('[]'), json_tree('[]')").filter(({ opcode }) => opcode === "VOpen");
  const isAllowed = ({ opcode, p2, p3, p4 }: Instruction): boolean => {
    if (opcode === "VOpen") return json.some((one) => one.p4 === p4);
    if (opcode !== "OpenRead" && opcode !== "OpenWrite" && opcode !== "ReopenIdx") return true;
    return p3 === 0 && roots.includes(p2);
  };
  if (!program(query).every(isAllowed)) throw new QueryRefused("It reads something other than the views.");
}

function rowsOf(statement: Database.Statement<[], unknown[]>): Rows {
  const columns = statement.columns().map(({ name }) => name.slice(0, MAX_NAME_CHARACTERS));
  let bytes = Buffer.byteLength(JSON.stringify(columns));
  const rows: Cell[][] = [];
  for (const row of statement.raw(true).iterate()) {
    const cells = row.map(cellOf);
    bytes += Buffer.byteLength(JSON.stringify(cells));
    if (rows.length === MAX_ROWS || bytes > MAX_BYTES) return { columns, rows, isCut: true };
    rows.push(cells);
  }
  const isCut = rows.some((row) => row.some((cell) => typeof cell === "string" && cell.length > MAX_CELL_CHARACTERS));
  return { columns, rows, isCut };
}

function cellOf(value: unknown): Cell {
  if (value === null) return null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "string") return `[${(value as Uint8Array).length} bytes]`;
  if (value.length <= MAX_CELL_CHARACTERS) return value;
  return `${value.slice(0, MAX_CELL_CHARACTERS).replace(/\p{Surrogate}$/u, "")}… [${value.length} characters]`;
}
