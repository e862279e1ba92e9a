// Draws the pictures of README, docs and Store from real runs with the rehearsal model: `npm run pictures`.
//   -- --to FOLDER   puts them there instead of docs/pictures and metadata
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { drawScene } from "../test/fakes/raycast/picture/draw.ts";
import { play } from "./pictures/acts.ts";
import { makeWorkspace, openStage } from "./pictures/stage.ts";
import { hasCamera, takeStorePictures } from "./pictures/store-picture.ts";
import { drawTerminal } from "./pictures/terminal.ts";

const root = join(fileURLToPath(import.meta.url), "..", "..");
const { values } = parseArgs({ options: { to: { type: "string" } } });
const docs = values.to === undefined ? join(root, "docs", "pictures") : resolve(values.to);
const store = values.to === undefined ? join(root, "metadata") : resolve(values.to);
const folder = realpathSync(mkdtempSync(join(tmpdir(), "loopd-pictures-")));
const workspace = makeWorkspace(folder);
const icon = join(root, "assets", "icon.svg");
mkdirSync(docs, { recursive: true });
mkdirSync(store, { recursive: true });
try {
  drawTerminal(workspace, folder, join(docs, "terminal.svg"), root);
  const stage = await openStage(root, folder, workspace);
  try {
    const pictures = await play(stage, workspace);
    const large = new Map();
    for (const { name, scene, lightScene = scene, place, ...look } of pictures) {
      for (const appearance of ["dark", "light"]) {
        const svg = drawScene(appearance === "dark" ? scene : lightScene, { ...look, appearance, icon });
        writeFileSync(join(docs, `${name}${appearance === "dark" ? "" : "-light"}.svg`), svg);
        if (place !== undefined && appearance === "dark") large.set(join(store, `loopd-${place}.png`), svg);
      }
    }
    if (hasCamera()) await takeStorePictures(large, folder);
    else console.error("The pictures for the Store need Chromium: sudo apt-get install chromium");
  } finally {
    await stage.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
