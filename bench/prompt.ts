import canonicalize from "canonicalize";
import type { Entry } from "../src/protocol/entries.ts";
import type { Figure } from "./figure.ts";
import { startScriptedHelper } from "./scripted-helper.ts";

/** Bytes that count as one token, for any model. */
const BYTES_PER_TOKEN = 3.5;

/** What every prompt begins with, as a real helper sends it: the system text, and the tools that its window is for. */
export async function measurePrompt(): Promise<Figure[]> {
  const scripted = await startScriptedHelper({});
  try {
    const figures = [headFigure(await scripted.run([]), "base prompt", 1_500)];
    await scripted.setWindow(4_096);
    return [...figures, headFigure(await scripted.run([]), "base prompt in a window of 4,096", 1_200)];
  } finally {
    await scripted.stop();
  }
}

/** Tokens of the system text and the tools of a turn's epoch. */
function headFigure(entries: readonly Entry[], what: string, atMost: number): Figure {
  const epoch = entries.find((entry) => entry.kind === "epoch.opened");
  if (epoch?.kind !== "epoch.opened") throw new Error("The turn has opened no epoch.");
  const { system, tools } = epoch.data;
  const parts = [system, ...tools.map((tool) => canonicalize(tool) ?? "")];
  const tokens = parts.map((text) => Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN));
  return {
    name: `${what}, ${tools.length} listed tools and system text`,
    unit: "tokens",
    loopd: tokens.reduce((sum, one) => sum + one, 0),
    budget: { of: "value", atMost },
  };
}
