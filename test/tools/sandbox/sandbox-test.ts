import { test } from "vitest";
import { createSandbox } from "../../../src/tools/sandbox/create-sandbox.ts";

const sandbox = createSandbox({
  settings: () => ({ mode: "auto", domains: [] }),
  platform: process.platform,
  environment: process.env,
  mark: `sandbox-test.${process.pid}`,
});
const status = await sandbox.status();
await sandbox.close();
const isNeeded = process.env["LOOPD_CI"] === "1";
if (!status.isUsable && !isNeeded) process.stderr.write(`No sandbox here, so its tests are skipped: ${status.why}\n`);

/** A test that needs the sandbox: left out where this machine has none, but never in CI. */
export const sandboxTest = test.skipIf(!status.isUsable && !isNeeded);
