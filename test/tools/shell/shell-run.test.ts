import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { heldBytes } from "../../fakes/garbage.ts";
import { isAlive, pidsIn, world } from "../world.ts";

test("exit code, then both outputs in the order in which they came", async () => {
  const here = await world();
  const command = "for i in 1 2 3; do echo out$i; echo err$i >&2; done; exit 3";
  const outcome = await here.call("shell_run", { command });
  expect(outcome).toEqual({
    kind: "ok",
    text: "exit code 3\nout1\nerr1\nout2\nerr2\nout3\nerr3\n",
    isSideEffectPossible: true,
  });
  expect((await here.call("shell_run", { command: "kill -9 $$" })).text).toBe("ended by SIGKILL\n");
  expect((await here.call("shell_run", { command: "nonsense-program" })).text).toMatch(/^exit code 127\n/);
});

test("it runs in the workspace or a folder of it, without input", async () => {
  const here = await world();
  await mkdir(here.path("sub"));
  expect((await here.call("shell_run", { command: "pwd; cat; echo done" })).text).toBe(
    `exit code 0\n${here.place.workspace}\ndone\n`,
  );
  expect((await here.call("shell_run", { command: "pwd", folder: "sub" })).text).toContain(here.path("sub"));
  const missing = await here.call("shell_run", { command: "touch x", folder: "gone" });
  expect(missing.text).toBe("ERROR: There is no folder gone to run in. Nothing was run.");
});

test("secrets of the helper do not reach a command, its mark does", async () => {
  const here = await world();
  const secrets = {
    ANTHROPIC_API_KEY: "k",
    SSH_AUTH_SOCK: "/s",
    NODE_OPTIONS: "--x",
    LD_PRELOAD: "",
    MY_TOKEN: "t",
    LC_TIME: "C",
  };
  here.place.environment = { ...process.env, ...secrets };
  const { text } = await here.call("shell_run", { command: "env" }, { callId: "t.1.0" });
  expect(text).not.toMatch(/API_KEY|SSH_AUTH_SOCK|NODE_OPTIONS|LD_PRELOAD|MY_TOKEN/);
  expect(text).toContain("\nLOOPD_CALL=t.1.0\n");
  expect(text).toContain("\nLC_TIME=C\n");
  expect(text).toMatch(/\nPATH=\//);
});

test("facts tell a simple command from a compound line, and show what cannot be seen", async () => {
  const here = await world();
  const simple = await here.facts("shell_run", { command: "git status" });
  expect(simple).toMatchObject({
    argv: ["git", "status"],
    isCompound: false,
    preview: "git status",
    inWorkspace: true,
  });
  const compound = await here.facts("shell_run", { command: "ls | sh\u001b[8m\u202e" });
  expect(compound).toMatchObject({ isCompound: true, preview: "ls | sh\\u{1b}[8m\\u{202e}" });
  expect(compound.argv).toBeUndefined();
});

test("200 MB of output cost neither memory nor the run; both ends are shown, 64 MiB are kept", async () => {
  const here = await world();
  const before = heldBytes();
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, heldBytes() - before)), 100);
  here.place.saveBlobFile = async (path) => {
    clearInterval(watch);
    expect((await readFile(path)).length).toBe(64 * 1024 * 1024);
    return "kept";
  };
  const command = "echo first; head -c 200000000 /dev/zero | tr '\\0' x; echo; echo last";
  const { text, blob, kind } = await here.call("shell_run", { command });
  clearInterval(watch);
  expect(kind).toBe("ok");
  expect(text).toMatch(
    /^exit code 0\n\[200,000,012 bytes of output; only the first 67,108,864 were kept\]\nfirst\nx+\n… /,
  );
  expect(text).toMatch(/x\nlast\n$/);
  expect(text).toContain('the whole output: read_more({"blob":"kept","offset":');
  expect(blob).toBe("kept");
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(here.place.outputBytes);
  expect(most).toBeLessThan(32 * 1024 * 1024);
});

test("1 GB of nothing but zeros is drained, not held", async () => {
  const here = await world();
  const before = heldBytes();
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, heldBytes() - before)), 100);
  onTestFinished(() => clearInterval(watch));
  here.place.saveBlobFile = async (path) => {
    clearInterval(watch);
    expect((await stat(path)).size).toBe(64 * 1024 * 1024);
    return "kept";
  };
  const { text, kind } = await here.call("shell_run", { command: "head -c 1000000000 /dev/zero" });
  expect(kind).toBe("ok");
  expect(text).toMatch(
    /^exit code 0\n\[1,000,000,000 bytes of output; only the first 67,108,864 were kept\]\n\[binary /,
  );
  expect(most).toBeLessThan(32 * 1024 * 1024);
}, 60_000);

test("the whole of a long output can be read on, and no temporary file stays", async () => {
  const here = await world({ outputBytes: 2000 });
  const spools = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("loopd-output-")).length;
  const before = await spools();
  const outcome = await here.call("shell_run", { command: "seq 100000" });
  expect(await spools()).toBe(before);
  let text = "";
  for (let offset = 0; ;) {
    const part = await here.call("read_more", { blob: outcome.blob ?? "", offset });
    if (part.kind !== "ok") break;
    const [heading = "", ...rest] = part.text.split("\n");
    text += rest.join("\n");
    offset = Number(/-(\d+) of/.exec(heading)?.[1]);
    if (offset > 20_000) break;
  }
  expect((await here.blob(outcome.blob)).toString().startsWith(text)).toBe(true);
  expect(text.length).toBeGreaterThan(20_000);
});

test("binary output is a note, not noise", async () => {
  const here = await world();
  const { text } = await here.call("shell_run", { command: "printf '\\211PNG\\r\\n\\032\\n\\000\\000\\000\\rIHDR'" });
  expect(text).toBe(
    "exit code 0\n[binary output of 16 bytes is not shown; it looks like a PNG image. Send it to a file to keep it.]",
  );
  expect((await here.call("shell_run", { command: "printf 'caf\\351'" })).text).toBe("exit code 0\ncaf\uFFFD");
});

test("what is left in the background is ended with the command, and nobody waits for it", async () => {
  const here = await world();
  const { text } = await here.call("shell_run", { command: "sleep 1000 & echo $! > pid; echo started" });
  expect(text).toBe("exit code 0\n[what it had left running in the background was ended]\nstarted\n");
  const [pid = 0] = await pidsIn(here.path("pid"), 1);
  expect(isAlive(pid)).toBe(false);
});

test("an abort ends the whole group, also members that ignore SIGTERM or left it", async () => {
  const here = await world();
  const stop = new AbortController();
  const escape =
    process.platform === "linux" ? "setsid sleep 1000 & echo $! >> pids;" : "sleep 1000 & echo $! >> pids;";
  const stubborn = `sh -c 'trap "" TERM; echo $$ >> pids; while :; do sleep 1; done' &`;
  const running = here.call(
    "shell_run",
    { command: `echo begun; ${escape} ${stubborn} trap "" TERM; echo $$ >> pids; wait; sleep 1000` },
    { signal: stop.signal },
  );
  const pids = await pidsIn(here.path("pids"), 3);
  expect(pids.map(isAlive)).toEqual([true, true, true]);
  stop.abort();
  const outcome = await running;
  expect(outcome).toMatchObject({ kind: "error", isSideEffectPossible: true });
  expect(outcome.text).toBe("ERROR: stopped before it was done\nbegun\n");
  expect(pids.map(isAlive)).toEqual([false, false, false]);
});

test("its own time limit ends it and says so", async () => {
  const here = await world();
  const outcome = await here.call("shell_run", { command: "echo begun; sleep 1000", timeLimitSeconds: 1 });
  expect(outcome.text).toBe("ERROR: stopped before it was done: timeLimitSeconds was 1\nbegun\n");
  expect(outcome.kind).toBe("error");
});
