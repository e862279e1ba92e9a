import { onTestFinished, type TestContext } from "vitest";
import { INSTALL_ENGINE, isEngineInstalled } from "../../bench/engine/llama.ts";
import { type EngineServer, startEngineServer } from "../../bench/engine/server.ts";

const isNeeded = process.env["LOOPD_CI"] === "1";
if (!isEngineInstalled() && !isNeeded) process.stderr.write(`The tests on llama.cpp are skipped. ${INSTALL_ENGINE}\n`);

/** Leaves the test out where the engine is not installed; CI must have it. */
export function needsEngine({ skip }: Pick<TestContext, "skip">): void {
  if (isEngineInstalled()) return;
  if (isNeeded) throw new Error(INSTALL_ENGINE);
  skip(INSTALL_ENGINE);
}

/** The engine with a window of so many tokens, until the test ends. */
export async function engineWith(contextSize: number): Promise<EngineServer> {
  const engine = await startEngineServer(contextSize, "open");
  onTestFinished(() => engine.stop());
  return engine;
}
