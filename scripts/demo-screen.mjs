// npm run demo:screen: loopd carries a value from one real program to another, through approvals that you give here.
//   -- --yes           approves by itself, in lines that say so
//   -- --here          on your own display instead of one that nobody sees (the way on a Mac)
//   -- --picture FILE  also draws the README's picture
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { attend, createFeed, Left } from "./demo-screen/attend.ts";
import { startDemoHelper } from "./demo-screen/helper.ts";
import { nobodyHere, personHere } from "./demo-screen/person.ts";
import { missingPackages, ownStage, stageHere } from "./demo-screen/stage.ts";

const flag = { type: "boolean", default: false };
const { values } = parseArgs({ options: { yes: flag, here: flag, picture: { type: "string" } } });

function leave(words, code) {
  console.error(words);
  process.exit(code);
}

if (!values.here && process.platform !== "linux")
  leave("A display that nobody sees is for Linux. To use this one: npm run demo:screen -- --here", 2);
const missing = values.here ? [] : missingPackages();
if (missing.length > 0) leave(`The demo needs more programs: sudo apt-get install ${missing.join(" ")}`, 2);
if (!values.yes && !process.stdin.isTTY)
  leave("Nobody can answer here, as this is no terminal. To let the demo approve by itself: -- --yes", 2);

const folder = mkdtempSync(join(tmpdir(), "loopd-demo-"));
/** What is to be ended, the newest first. */
const open = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })];
let ending;
const end = () =>
  (ending ??= (async () => {
    for (const close of open.reverse()) await close();
  })());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => void end().then(() => process.exit(130)));

async function play() {
  console.log("Opening a calculator and an editor …");
  const stage = values.here ? stageHere(process.platform) : await ownStage();
  open.push(stage.close);
  const feed = createFeed();
  const helper = await startDemoHelper(join(folder, "home"), stage.environment, feed.add);
  open.push(helper.stop);

  const ask = `Compute 7 × 6 in ${stage.calculator} and write it into ${stage.editor}`;
  const width = process.stdout.columns ?? 120;
  console.log(`\n$ loopd ask "${ask}"`);
  console.log("The rehearsal model answers: a fixed script, no AI. Screens, approvals and the record are real.");
  console.log("Left: what happens. Right: what the model sees.\n");
  await helper.submit(ask, folder);
  const attended = await attend(helper, feed, values.yes ? nobodyHere() : personHere(), width);
  console.log(attended.answer);

  const photo = join(tmpdir(), `loopd-demo-${process.pid}.png`);
  if (stage.photograph(photo)) console.log(`\nA picture of both windows as they are now: ${photo}`);
  else if (!values.here) console.log("\nNo picture of the windows: that takes maim (sudo apt-get install maim).");
  if (values.picture !== undefined) {
    const { drawPicture } = await import("./demo-screen/picture.ts");
    await drawPicture(stage, attended, folder, resolve(values.picture));
  }
  return attended.finish === "done" ? 0 : 1;
}

let code = 1;
try {
  code = await play();
} catch (error) {
  if (error instanceof Left) code = 130;
  else console.error(error instanceof Error ? error.message : error);
}
await end();
process.exit(code);
