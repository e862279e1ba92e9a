import canonicalize from "canonicalize";
import type { Figure } from "./figure.ts";
import { startScriptedHelper } from "./scripted-helper.ts";

/** Bytes that count as one token, for any model. */
const BYTES_PER_TOKEN = 3.5;

/** What every prompt begins with, as a real helper sends it: the system text, and the tools of the default set. */
export async function measurePrompt(): Promise<Figure[]> {
  const scripted = await startScriptedHelper({});
  try {
    const entries = await scripted.run([]);
    const epoch = entries.find((entry) => entry.kind === "epoch.opened");
    if (epoch?.kind !== "epoch.opened") throw new Error("The turn has opened no epoch.");
    const { system, tools } = epoch.data;
    const tokens = [system, ...tools.map((tool) => canonicalize(tool) ?? "")].map(
      (text) => Buffer.byteLength(text) / BYTES_PER_TOKEN,
    );
    const total = tokens.reduce((sum, one) => sum + Math.ceil(one), 0);
    return [
      {
        name: `base prompt, ${tools.length} listed tools and system text`,
        unit: "tokens",
        loopd: total,
        budget: { of: "value", atMost: 1500 },
      },
    ];
  } finally {
    await scripted.stop();
  }
}
