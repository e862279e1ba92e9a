import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";
import { parseCapture } from "../protocol/screen.ts";
import type { Backend } from "./backends/backend.ts";
import { Problem } from "./problem.ts";
import { screenRequestSchema } from "./requests.ts";

/*
 * A program of its own, because it trusts what other programs say: reads requests from standard input, one a line, writes
 * each answer to standard output under its id. It ends with whoever started it: its input closes then, however that ended.
 * Arguments: the backend, `atspi` or `fixture`; for the latter a captured window, or a folder of them.
 */

const [name = "atspi", captures = ""] = process.argv.slice(2);
const backend = await openBackend();
const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
let turn = Promise.resolve();
lines.on("line", (line) => (turn = turn.then(() => serve(line))));
lines.once("close", () => process.exit());

async function openBackend(): Promise<Backend> {
  if (name === "atspi") return (await import("./backends/atspi/atspi.ts")).createAtspiBackend(process.env);
  if (name === "fixture")
    return (await import("./backends/fixture/fixture.ts")).createFixtureBackend(filesOf(captures).map(readCapture));
  throw new Error(`there is no backend ${name} of the screen here`);
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((each) => /\.json(\.gz)?$/.test(each));
  return names.sort().map((each) => join(path, each));
}

function readCapture(path: string) {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  const window = parseCapture(JSON.parse(text));
  if ("problem" in window) throw new Error(`${path}: ${window.problem}`);
  return window;
}

async function serve(line: string): Promise<void> {
  const { id, ...request } = JSON.parse(line) as { id: number };
  const parsed = screenRequestSchema.safeParse(request);
  const answer = parsed.success
    ? await backend.answer(parsed.data)
    : new Problem(
        "invalid",
        `This is no request about the screen: ${parsed.error.issues[0]?.message ?? "unreadable"}.`,
      );
  const reply = answer instanceof Problem ? { id, error: answer } : { id, ok: answer };
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
