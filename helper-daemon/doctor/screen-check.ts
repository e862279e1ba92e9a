import { Problem } from "../../src/ax-helper/problem.ts";
import type { Check } from "../../src/protocol/requests.ts";
import type { ToolWorld } from "../tool-world.ts";

/** How long the screen may take to say whether it can be read. */
const LIMIT_MS = 5_000;

/** Whether windows can be read here, and what a person does about it. Asks nobody for anything. */
export async function screenCheck({ screens }: Pick<ToolWorld, "screens">, platform: NodeJS.Platform): Promise<Check> {
  const name = "screen";
  const reply = await screens.screen.ask({ do: "trust", ask: false }, { limitMs: LIMIT_MS });
  if (reply instanceof Problem) {
    return { name, state: "warning", detail: `Windows cannot be read: ${reply.message}`, mend: mendOf(platform) };
  }
  const { trusted, how } = reply.answer;
  if (!trusted) return { name, state: "warning", detail: `Windows cannot be read: ${how}`, mend: mendOf(platform) };
  return { name, state: "ok", detail: "windows can be read and operated" };
}

function mendOf(platform: NodeJS.Platform): string {
  if (platform !== "linux") return "loopd screen permissions --ask";
  return "sudo apt install at-spi2-core dbus-x11, start loopd's helper inside the desktop session, then: loopd screen permissions --ask";
}
