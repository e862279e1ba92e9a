import fc from "fast-check";
import { expect } from "vitest";
import { translate } from "../../../src/ax-helper/backends/mac/translate.ts";
import { capture, nativeTest as test, screenBuilt } from "./native-test.ts";
import { World, type WorldValue } from "./world.ts";

const NODES = 30;
const ROLES = [
  "AXGroup",
  "AXTable",
  "AXList",
  "AXRow",
  "AXCell",
  "AXButton",
  "AXTextArea",
  "AXTextField",
  "AXStaticText",
];
const MORE_ROLES = [
  "AXScrollArea",
  "AXWebArea",
  "AXCheckBox",
  "AXMenuItem",
  "AXLink",
  "AXColumn",
  "AXSheet",
  "",
  "\u00e9",
];
const NAMES = ["AXTitle", "AXValue", "AXDescription", "AXSubrole", "AXChildren", "AXRows", "AXVisibleRows", "AXHeader"];
const MORE_NAMES = ["AXNumberOfCharacters", "AXVisibleCharacterRange", "AXTitleUIElement", "AXPosition", "AXSize"];

const odd = fc.oneof(
  fc.constantFrom(0, -1, 1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e300, 0.5),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const node = fc.nat(NODES);
/** Any kind of object where any other is expected. */
const value: fc.Arbitrary<WorldValue> = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.boolean(),
  odd,
  fc.tuple(odd, odd).map((point) => ({ point })),
  fc.tuple(odd, odd).map((size) => ({ size })),
  fc.tuple(fc.integer(), fc.integer()).map((range) => ({ range })),
  node.map((element) => ({ element })),
  fc.array(node, { maxLength: 8 }).map((elements) => ({ elements })),
  fc.webUrl().map((url) => ({ url })),
  fc.string().map((attributed) => ({ attributed })),
  fc.constant({ null: true } as const),
  fc.constantFrom(-25200, -25202, -25204, -25205, -25212, 0).map((error) => ({ error })),
);
const element = fc.record({
  role: fc.constantFrom(...ROLES, ...MORE_ROLES),
  parent: fc.nat(),
  attributes: fc.dictionary(fc.constantFrom(...NAMES, ...MORE_NAMES), value, { maxKeys: 6 }),
});

test("whatever a program tells of its windows, a capture ends, leaks nothing, and can be translated", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(element, { minLength: NODES, maxLength: NODES }), async (elements) => {
      const world = new World();
      const { window } = world.app("Any");
      for (const { role, parent, attributes } of elements) {
        world.add(window + (parent % (world.file.nodes.length - window)), role, attributes);
      }
      const screen = await screenBuilt(world, "checked");
      const first = await capture(screen, { rows: 5 });
      // Known elements are asked in another way, to which such a world may answer differently: only the third is alike.
      const second = await capture(screen, { rows: 5 });
      const { live } = await screen.counters();
      expect(second.nodes.length).toBeGreaterThan(0);
      await capture(screen, { rows: 5 });
      expect((await screen.counters()).live).toBe(live);
      expect(translate(first).tree.id).toBe(`${first.app.pid}/${first.window?.id}`);
      expect(await screen.end()).toEqual({ code: 0, stderr: "" });
    }),
    { numRuns: 60 },
  );
});
