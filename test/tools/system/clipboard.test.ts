import { spawn, spawnSync } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { endAfterTest, isAlive, world } from "../world.ts";

const isThere = ["Xvfb", "xclip"].every((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status === 0);
if (!isThere) console.warn("skipped: the real clipboard needs Xvfb and xclip (sudo apt install xvfb xclip)");
const isSkipped = !isThere && process.env["LOOPD_CI"] !== "1";

/** A display of the test's own; resolves with its name once it serves. */
async function display(): Promise<string> {
  const server = spawn("Xvfb", ["-displayfd", "3", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void server.kill("SIGKILL"));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", () => reject(new Error("Xvfb ended")));
    server.stdio[3]?.once("data", (chunk: Buffer) => resolve(`:${chunk.toString().trim()}`));
  });
}

test.skipIf(isSkipped)(
  "a text is put on the real clipboard, stays there after the call, and is read back",
  async () => {
    const { place, call, blob } = await world({ outputBytes: 4096 });
    place.environment = { ...process.env, DISPLAY: await display(), WAYLAND_DISPLAY: undefined };
    expect((await call("clipboard_read", {})).text).toBe("[there is no text on the clipboard]");
    const holders: number[] = [];
    const spawned = async (pid: number) => void holders.push(pid);
    for (const text of ["--help", '\'; rm -rf / #\n"é🦊"\n', "x".repeat(999_999)]) {
      expect(await call("clipboard_write", { text }, { spawned })).toMatchObject({ kind: "ok" });
      const outcome = await call("clipboard_read", {});
      expect(outcome.kind).toBe("ok");
      expect(outcome.blob === undefined ? outcome.text : (await blob(outcome.blob)).toString()).toBe(text);
    }
    // The program that was started has ended; what it left in its group holds the clipboard.
    expect(holders.filter(isAlive)).toEqual([]);
    for (const pid of holders) endAfterTest(-pid);
  },
);
