import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { isSkipped } from "../ax-helper/atspi/open-desktop.ts";
import { DOWN, ENTER, hasTerminal } from "../commands/cli/in-terminal.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { isAlive } from "../tools/world.ts";

const SCRIPT = resolve(import.meta.dirname, "../../scripts/demo-screen.mjs");

/** A run of the demonstration, in a terminal if a person is to answer. */
function demo(args: string[], environment: Record<string, string> = {}, place: "alone" | "terminal" = "alone") {
  const folder = temporaryFolder("demo-test");
  onTestFinished(() => removeFolder(folder));
  const env = { ...process.env, CI: undefined, TMPDIR: folder, ...environment };
  const quiet = ["--disable-warning=ExperimentalWarning", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"];
  const command = [process.execPath, ...quiet, SCRIPT, ...args];
  const inTerminal = ["/usr/bin/script", "-qfec", `stty rows 40 cols 130; exec '${command.join("' '")}'`, "/dev/null"];
  const [program = "", ...rest] = place === "terminal" ? inTerminal : command;
  const child = spawn(program, rest, { env, stdio: [place === "terminal" ? "pipe" : "ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  const heard = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const hear of heard) hear();
    });
  const ended = new Promise<{ code: number | null; output: string }>((done) =>
    child.once("close", (code) => done({ code, output: stripVTControlCharacters(output) })),
  );
  const shows = (words: string) =>
    new Promise<void>((done, fail) => {
      heard.add(() => output.includes(words) && done());
      void ended.then(() => fail(new Error(`ended without ${words}: ${output}`)));
    });
  return { child, folder, ended, shows };
}

test("what the demonstration needs is named in one line, and nothing is started", async () => {
  const { code, output } = await demo(["--yes"], { PATH: "/nowhere" }).ended;
  expect(code).toBe(2);
  const line =
    process.platform === "linux" ? /^The demo needs more programs: sudo apt-get install .*xvfb.*\n$/ : /--here/;
  expect(output).toMatch(line);
});

describe.skipIf(isSkipped("galculator", "mousepad", "maim"))("the demonstration", () => {
  test.skipIf(!hasTerminal)(
    "asks the person with the words of every card, and does nothing that they deny",
    async () => {
      const { child, ended, shows } = demo([], { TERM: "xterm-256color" }, "terminal");
      await shows("Your answer?");
      child.stdin?.write(`${DOWN}${ENTER}`);
      const { code, output } = await ended;
      expect(output).toContain("May loopd do this? read galculator – galculator");
      expect(output).toContain("you: Deny");
      expect(output).toContain("it ended with: denied");
      expect(output).toContain("did not succeed");
      expect(output).not.toMatch(/press 7|t6~/);
      expect(code).toBe(0);
    },
  );

  test("carries a value from one program to the other, and shows what the model sees", async () => {
    const { ended, folder } = demo(["--yes"]);
    const { code, output } = await ended;
    expect(output).toContain("Rehearsal model – not an AI.");
    expect(output).toMatch(/the demo \(--yes\): Allow Everything in[^]*?galculator for This Session/);
    expect(output).toContain("t6~=42");
    expect(output).toContain("I typed `7 × 6 = 42` into `mousepad`, and there it stands.");
    const picture = /picture of both windows as they are now: (.*\.png)/.exec(output)?.[1] ?? "none";
    expect(readFileSync(picture).subarray(1, 4).toString()).toBe("PNG");
    expect(readdirSync(folder)).toEqual([basename(picture)]);
    expect(code).toBe(0);
  });

  test("leaves nothing running when it is interrupted", async () => {
    const { child, folder, ended, shows } = demo(["--yes"]);
    await shows("$ loopd ask");
    const started = below(child.pid ?? 0);
    expect(started.map(nameOf)).toEqual(expect.arrayContaining(["Xvfb", "dbus-daemon", "galculator", "mousepad"]));
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130 });
    expect(started.filter(isAlive)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

/** Everything that came of a process and is still below it. */
function below(pid: number): number[] {
  const parents = readdirSync("/proc").flatMap((name): [pid: number, parent: number][] => {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : "";
    return stat === "" ? [] : [[Number(name), Number(/\) \S (\d+)/.exec(stat)?.[1])]];
  });
  const children = (of: number): number[] =>
    parents.flatMap(([child, parent]) => (parent === of ? [child, ...children(child)] : []));
  return children(pid);
}

const nameOf = (pid: number) => read(`/proc/${pid}/comm`).trim();

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
