import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { isAlive } from "../../tools/world.ts";
import { isSkipped } from "./open-desktop.ts";
import { startProgram } from "./program.ts";

const ENVIRONMENT = { PATH: process.env["PATH"] ?? "" };
/** Two processes, one of which left group and session and is stopped; prints its process id. */
const FAMILY = ["sh", "-c", `setsid sh -c 'echo $$; kill -STOP $$; sleep 1000' & wait`];

describe.skipIf(isSkipped())("programs of a test", () => {
  test("all that came of a program ends with it, also what is stopped and left its group", async () => {
    const program = await startProgram(FAMILY, ENVIRONMENT, "read");
    const [line] = (await once(program.output, "data")) as [Buffer];
    const other = Number(line.toString());
    expect([isAlive(program.pid), isAlive(other)]).toEqual([true, true]);
    await program.close();
    expect([isAlive(program.pid), isAlive(other)]).toEqual([false, false]);
  });

  test("it ends too when the process that holds it is killed", async () => {
    const path = join(import.meta.dirname, "program.ts");
    const script = `
      import { startProgram } from ${JSON.stringify(path)};
      const { pid } = await startProgram(["sleep", "1000"], process.env, "ignore");
      process.stdout.write(String(pid));`;
    const holder = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
      env: ENVIRONMENT,
    });
    onTestFinished(() => void holder.kill("SIGKILL"));
    const [line] = (await once(holder.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    holder.kill("SIGKILL");
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  test("one that cannot be started says why, one that fails says its last words", async () => {
    await expect(startProgram(["/nowhere/program"], ENVIRONMENT, "ignore")).rejects.toThrow("/nowhere/program");
    const program = await startProgram(["sh", "-c", "echo no display >&2; exit 3"], ENVIRONMENT, "ignore");
    expect(await program.ended).toContain("no display");
    await program.close();
  });
});
