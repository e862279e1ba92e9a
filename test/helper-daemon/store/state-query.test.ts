import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createStamp } from "../../../helper-daemon/ids.ts";
import { openStore, type Store } from "../../../helper-daemon/store/open-store.ts";
import { createStateQuery, type StateQuery } from "../../../helper-daemon/store/state-query.ts";
import type { EntryDraft } from "../../../src/protocol/entries.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";

const folder = temporaryFolder("query");
const database = join(folder, "loopd.db");
let store: Store;
let query: StateQuery;

const ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
const where = { session: "s1", turn: "t1" };
const call = { callId: "t1.1.0", name: "shell_run", arguments: { command: "ls" }, effect: "exec" as const };
const trace: EntryDraft[] = [
  { kind: "session.created", session: "s1", data: { title: "files", workspace: "/w", nonce: "n" } },
  {
    kind: "turn.started",
    ...where,
    data: {
      ...{ input: "which files?", origin: "user", originKey: "k", endpoint: "local", model: "m" },
      ...{ overrides: {}, provenance: {} },
    },
  },
  {
    kind: "model.responded",
    ...where,
    data: { content: [], stopReason: "tool_use", usage: { inputTokens: 10, outputTokens: 5 } },
  },
  { kind: "tool.requested", ...where, data: call },
  {
    kind: "tool.decided",
    ...where,
    data: { callId: call.callId, decision: "requiresApproval", ruleId: "r", causes: [], facts: { hash: "" } },
  },
  { kind: "card.opened", ...where, data: { cardId: "t1.1.0#1", type: "approval", callId: call.callId } },
  { kind: "card.resolved", ...where, data: { cardId: "t1.1.0#1", resolution: "approved", by: "test" } },
  { kind: "tool.started", ...where, data: { callId: call.callId, attempt: 1, timeLimitMs: 1000 } },
  {
    kind: "tool.finished",
    ...where,
    data: {
      ...{ callId: call.callId, attempt: 1, name: "shell_run", outcome: "ok", durationMs: 7, text: "a.txt" },
      isSideEffectPossible: true,
    },
  },
  { kind: "turn.finished", ...where, data: { finish: "done", text: "one file" } },
];

beforeAll(() => {
  store = openStore(database, createStamp("boot"));
  store.log.append(trace);
  store.words.catchUp();
  const other = new Database(database);
  other.exec("CREATE TABLE secrets (key TEXT); INSERT INTO secrets VALUES ('hunter2')");
  other.close();
  query = createStateQuery({ database });
});
afterAll(() => {
  store.close();
  removeFolder(folder);
});

const run = (sql: string) => query.run(sql, new AbortController().signal);
/** The words of a refusal; fails where there is none. */
const refusal = async (sql: string): Promise<string> => {
  const answer = await run(sql).catch((thrown: unknown) => thrown);
  expect(answer).toMatchObject({ code: "query-refused" });
  return (answer as Error).message;
};

describe("what can be asked", () => {
  test("each view tells what happened, in columns that need no knowledge of entries", async () => {
    expect(await run("SELECT title, workspace, turns FROM sessions")).toEqual({
      columns: ["title", "workspace", "turns"],
      rows: [["files", "/w", 1]],
      isCut: false,
    });
    const turn = await run(
      "SELECT finish, origin, endpoint, model, steps, input_tokens, output_tokens, input, answer FROM turns",
    );
    expect(turn.rows).toEqual([["done", "user", "local", "m", 1, 10, 5, "which files?", "one file"]]);
    const calls = await run(
      "select call_id, name, effect, decision, outcome, duration_ms, arguments ->> '$.command', result from calls",
    );
    expect(calls.rows).toEqual([["t1.1.0", "shell_run", "exec", "requiresApproval", "ok", 7, "ls", "a.txt"]]);
    expect((await run("SELECT state, resolved_by FROM cards")).rows).toEqual([["approved", "test"]]);
    const kinds = await run("SELECT kind FROM entries ORDER BY seq");
    expect(kinds.rows.flat()).toEqual(trace.map(({ kind }) => kind));
    const times = await run(
      `SELECT min(t.started_at <= t.finished_at), min(c.requested_at <= c.finished_at), min(s.created_at <= s.updated_at)
       FROM turns t JOIN calls c ON c.turn = t.turn JOIN sessions s ON s.session = t.session`,
    );
    expect(times.rows).toEqual([[1, 1, 1]]);
  });

  test("comments, CTEs, windows and json_each are fine", async () => {
    const sql = `-- how many?\n/* all */ WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3)
      SELECT x, row_number() OVER (ORDER BY x DESC) FROM n; -- end`;
    expect((await run(sql)).rows).toEqual([
      [3, 1],
      [2, 2],
      [1, 3],
    ]);
    const keys = await run("SELECT j.key FROM calls c, json_each(c.arguments) j");
    expect(keys.rows).toEqual([["command"]]);
  });

  test("odd values survive the way", async () => {
    const { rows } = await run("SELECT NULL, 9007199254740993, 9e999, x'0102', 'tab\tline\nend', '', 1.5");
    expect(rows).toEqual([[null, "9007199254740993", "Infinity", "[2 bytes]", "tab\tline\nend", "", 1.5]]);
  });

  test("long answers are cut and say so", async () => {
    const count = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)";
    const many = await run(`${count} SELECT x FROM n`);
    expect(many).toMatchObject({ isCut: true, rows: { length: 200 } });
    const long = await run("SELECT printf('%.*c', 100000, 'x')");
    expect(long.isCut).toBe(true);
    expect(long.rows[0]?.[0]).toMatch(/^x{2000}… \[100000 characters\]$/);
    const name = "x".repeat(50_000);
    expect((await run(`SELECT 1 AS ${name}`)).columns[0]).toMatch(/^x{60}$/);
    const large = await run(`${count} SELECT ${Array(100).fill("printf('%.*c', 1999, 'é')").join(", ")} FROM n`);
    expect(large.isCut).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(large))).toBeLessThan(300_000);
  });
});

describe("what is refused", () => {
  test("a wrong query is answered with what there is", async () => {
    const words = await refusal('SELECT nmae FROM calls WHERE name = "x"');
    expect(words).toContain("no such column");
    expect(words).toMatch(/calls\(session, turn, call_id, name/);
  });

  test.each([
    "PRAGMA writable_schema = ON",
    "ATTACH 'other.db' AS other",
    "VACUUM INTO 'copy.db'",
    "INSERT INTO entries (seq) VALUES (1) RETURNING seq",
    "WITH x AS (SELECT 1) DELETE FROM main.entries",
    "WITH x AS (SELECT 1) INSERT INTO main.cards SELECT * FROM main.cards RETURNING *",
    "UPDATE main.sessions SET title = 'x' RETURNING title",
    "REPLACE INTO main.words_cursor VALUES (1, 0)",
    "CREATE TABLE t (x)",
    "DROP VIEW entries",
    "BEGIN",
    "EXPLAIN SELECT 1",
    "/* SELECT */ PRAGMA query_only = OFF",
    "SELECT 1; DROP TABLE entries",
    "SELECT 1;; PRAGMA writable_schema = ON",
    "SELECT 1\0; DROP TABLE entries",
    "",
    ";",
    "-- nothing",
    "/* unclosed",
    "SELECT load_extension('/tmp/x.so')",
    "SELECT * FROM sqlite_schema",
    "SELECT * FROM sqlite_temp_schema",
    "SELECT sql FROM main.sqlite_master",
    "SELECT * FROM secrets",
    "SELECT * FROM main.secrets",
    "SELECT (SELECT key FROM secrets) FROM sessions",
    "SELECT * FROM sessions WHERE EXISTS (SELECT 1 FROM secrets WHERE key LIKE 'h%')",
    "WITH sessions AS (SELECT key FROM main.secrets) SELECT * FROM sessions",
    "SELECT * FROM words",
    "SELECT * FROM words_content",
    "SELECT text FROM words WHERE words MATCH 'files'",
    "SELECT * FROM pragma_table_list",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM pragma_compile_options",
    "SELECT * FROM json_each('[]'), pragma_function_list",
    "SELECT * FROM dbstat",
    "SELECT ?",
    "SELECT writefile('x', 'y')",
    "SELECT readfile('/etc/passwd')",
    "SELECT edit('x')",
    "SELECT zeroblob(2e9)",
    `SELECT ${"(".repeat(5_000)}1${")".repeat(5_000)}`,
    `SELECT ${"1+".repeat(49_000)}1`,
  ])("%s", async (sql) => {
    const before = readFileSync(database);
    const words = await refusal(sql);
    expect(words).not.toContain("hunter2");
    expect(words.length).toBeLessThan(10_000);
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  test.each([
    [
      "a recursion without end",
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
    ],
    [
      "a cross join",
      `WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5000)
       SELECT count(*) FROM n a, n b, n c WHERE a.x + b.x + c.x < 0`,
    ],
    [
      "a text that grows",
      "WITH RECURSIVE n(x) AS (SELECT 'x' UNION ALL SELECT x || x FROM n) SELECT max(length(x)) FROM n",
    ],
    [
      "a list in memory",
      `WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x, randomblob(10000) FROM n ORDER BY 2`,
    ],
    ["large values at once", `SELECT ${Array(8).fill("hex(zeroblob(300000000))").join(", ")}`],
    ["a printf of gigabytes", "SELECT length(printf('%.*c', 900000000, 'x') || printf('%.*c', 90000000, 'x') || 'x')"],
  ])("%s is ended, while others are answered", async (_, sql) => {
    const hog = refusal(sql);
    expect((await run("SELECT count(*) FROM sessions")).rows).toEqual([[1]]);
    expect(await hog).toMatch(/took longer than|too much memory|SQLite says/);
  });

  test("a query that nobody waits for any more is ended, and one that waits for its turn never begins", async () => {
    const stop = new AbortController();
    const running = [query.run(ENDLESS, stop.signal), query.run(ENDLESS, stop.signal)];
    const waiting = new AbortController();
    const queued = query.run("SELECT 1", waiting.signal);
    waiting.abort();
    await expect(queued).rejects.toMatchObject({ code: "cancelled" });
    stop.abort();
    for (const one of running) await expect(one).rejects.toMatchObject({ code: "cancelled" });
    expect((await run("SELECT 1")).rows).toEqual([[1]]);
  });

  test("a query does not outlive the helper that asked", async () => {
    const script = resolve(import.meta.dirname, "../../../helper-daemon/store/query-process.ts");
    const child = spawn(process.execPath, ["--no-warnings", script], { stdio: ["pipe", "ignore", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    child.stdin.write(`${JSON.stringify({ database, sql: ENDLESS })}\n`);
    await once(child, "spawn");
    child.stdin.destroy();
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
  });

  test("a database that is none is said, not thrown", async () => {
    const file = join(folder, "none.db");
    writeFileSync(file, "no database at all, but long enough to look like one".repeat(100));
    const broken = createStateQuery({ database: file }).run("SELECT 1", new AbortController().signal);
    await expect(broken).rejects.toMatchObject({ code: "query-refused", message: expect.stringContaining("SQLite") });
  });
});
