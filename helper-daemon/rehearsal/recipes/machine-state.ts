import type { Recipe } from "../recipe.ts";
import { shellPlan } from "./shell-answer.ts";

/** Works on Linux (`free`) and macOS (`vm_stat`). */
const COMMAND = "df -h / && uptime; free -h 2>/dev/null || vm_stat";

/** Disk, load and memory of this machine. */
export const machineState: Recipe = {
  example: "How much disk and memory does this machine have?",
  plan(question) {
    if (!/\b(disk|memory|ram|storage|free space|uptime)\b/i.test(question)) return undefined;
    return shellPlan(
      COMMAND,
      "Reads how full disk and memory are. It changes nothing.",
      "Disk and memory of this machine.",
    );
  },
};
