import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { closedOnItsWay } from "../../../src/agent/policy/closed-to-commands.ts";
import type { Rule } from "../../../src/protocol/values.ts";
import { ripgrepPath } from "../../../src/tools/files/ripgrep.ts";
import { isInside } from "../../../src/tools/protected-paths.ts";
import { closedPlaces } from "../../../src/tools/sandbox/closed-places.ts";

const call = { callId: "c", name: "shell_run", arguments: {}, effect: "exec" as const };
const around = {
  ...{ session: "s", origin: "user" as const, overrides: {}, taints: [], endpointTrust: "local" as const, now: 0 },
};
const NAMES = ["a", "B", "c d", ".env", "x.key", "(e)", "ä"];
const PARTS = ["a", "b", "c d", ".env", "*.key", "*", "**", "?", "{a,b}", "[ab]", "\\(e\\)", "ä", ".ENV"];
const FILES = NAMES.flatMap((one) =>
  NAMES.flatMap((two) => [join(one, two, "f"), join(one, two, ".env"), join(one, `${two}.key`)]),
);

test("what is to be hidden is what the rules close, file by file, whatever the globs and their order", async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "loopd-places-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const files = FILES.map((file) => join(root, file));
  for (const file of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
  }
  const ripgrep = (await ripgrepPath(process.env)) ?? "rg";
  const parts = fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 4 }).map((all) => all.join("/"));
  const glob = fc
    .tuple(fc.boolean(), parts)
    .map(([isHere, rest]) => (isHere ? `${escaped(root)}/${rest}` : `**/${rest}`));
  const decision = fc.constantFrom("deny" as const, "deny" as const, "execute" as const, "requiresApproval" as const);
  const written = fc.array(fc.record({ decision, path: fc.array(glob, { minLength: 1, maxLength: 2 }) }), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(written, async (list) => {
      const rules = list.map(({ decision, path }, index): Rule => ({
        id: `${index}`,
        layer: "config",
        decision,
        when: { path },
      }));
      const reading = closedOnItsWay(call, { hash: "" }, around, rules).closes?.reading;
      if (reading === undefined) return;
      const places = await closedPlaces(reading, { folders: [root], ripgrep });
      if ("why" in places) throw new Error(places.why);
      const isHidden = (file: string) => places.paths.some((place) => isInside(file, place));
      const isClosed = (file: string) => reading.closedBy(file) !== undefined;
      expect(files.filter(isHidden)).toEqual(files.filter(isClosed));
    }),
    { numRuns: 80 },
  );
});

function escaped(path: string): string {
  return path.replace(/[()[\]{}]/g, "\\$&");
}
