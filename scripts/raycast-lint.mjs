// What `ray lint` asks of an extension, without the network: `npm run raycast:lint [-- --built DIST] [-- --no-style]`.
// Everything but the author's account, which only Raycast knows. Prints the size of every bundle.
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { buildCommands } from "../test/fakes/raycast/built-commands.ts";
import { bundlesOf, checkBundles } from "./raycast-lint/check-bundles.ts";
import { checkChangelog, checkIcons, checkLock, checkMetadata, checkTexts } from "./raycast-lint/check-files.ts";
import { checkManifest } from "./raycast-lint/check-manifest.ts";
import { checkStyle } from "./raycast-lint/check-style.ts";

const root = join(fileURLToPath(import.meta.url), "..", "..");
const { values } = parseArgs({ options: { built: { type: "string" }, "no-style": { type: "boolean" } } });
const built = values.built === undefined ? buildCommands() : { dist: resolve(values.built), remove: () => {} };
try {
  const rules = [checkManifest, checkIcons, checkMetadata, checkChangelog, checkLock, checkTexts];
  const problems = rules.flatMap((rule) => rule(root));
  problems.push(...checkBundles(built.dist));
  // `npm run check` has held the same files to the same rules already.
  if (values["no-style"] !== true) problems.push(...checkStyle(root));
  for (const { where, what } of problems) console.error(`${where} ${what}`);
  for (const { name, bytes } of bundlesOf(built.dist))
    console.log(`${name.padEnd(32)} ${(bytes / 1000).toFixed(1)} kB`);
  console.log(problems.length === 0 ? "The Store would take this." : `${problems.length} problems.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  built.remove();
}
