// npm run bench:peers -- [--quick] [--strict] [--json FILE]
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FULL_PLAN, gapFigures, type LaneSource, LOOPD, measureGaps, QUICK_PLAN, RAW, SDK } from "./gap.ts";
import { readOptions } from "./options.ts";
import { circumstances, loadNow, report } from "./report.ts";

const folder = join(import.meta.dirname, "peers");
const peer = (name: string, file: string): LaneSource => ({
  name,
  program: pathToFileURL(join(folder, "loops", file)),
});
const PEERS = [peer("pi-agent-core", "pi.mjs"), peer("ai", "ai.mjs"), peer("@openai/agents", "openai-agents.mjs")];

if (!existsSync(join(folder, "node_modules"))) {
  console.error('The peers are not installed. "npm run bench:peers" installs and measures them.');
  process.exit(2);
}
const { isQuick, isStrict, json } = readOptions(process.argv.slice(2));
const loadBefore = loadNow();
const figures = gapFigures(await measureGaps([RAW, SDK, LOOPD, ...PEERS], isQuick ? QUICK_PLAN : FULL_PLAN));
const over = report(figures, circumstances(loadBefore), json);
if (over > 0 && isStrict) process.exitCode = 1;
