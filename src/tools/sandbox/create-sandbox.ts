import type { Sandbox } from "./sandbox.ts";

/** What the sandbox follows. */
export interface SandboxOptions {
  /** `sandbox` of the configuration, asked each time. */
  settings: () => { mode: "auto" | "off"; domains: readonly string[] };
  platform: NodeJS.Platform;
}

/** The sandbox of this machine. */
export function createSandbox({ settings }: SandboxOptions): Sandbox {
  return {
    status: () => Promise.resolve({ isUsable: false, why: "not built yet" }),
    domains: () => settings().domains,
    wrap: () => Promise.reject(new Error("not built yet")),
    close: () => Promise.resolve(),
  };
}
