import { expect, test } from "vitest";
import { calls, memoryWorld, says, use } from "../fakes/memory-ports.ts";

const finishOf = (world: ReturnType<typeof memoryWorld>) =>
  world.entries.flatMap((entry) => (entry.kind === "turn.finished" ? [entry.data.finish] : []));
const wrong = (n: number) => use("no_such_tool", { n });

test("three corrections in a row are given, the fourth wrong response is followed by the last one", async () => {
  const stuck = memoryWorld({ replies: [1, 2, 3, 4].map((n) => calls(wrong(n))).concat(says("never mind")) });
  expect(await stuck.run()).toBe("ended");
  expect(stuck.requests).toHaveLength(5);
  expect(finishOf(stuck)).toEqual(["budget"]);

  const mended = memoryWorld({ replies: [1, 2, 3].map((n) => calls(wrong(n))).concat(says("found it")) });
  expect(await mended.run()).toBe("ended");
  expect(finishOf(mended)).toEqual(["done"]);
});

test("many wrong calls in one response are one correction; a right one among them begins the count anew", async () => {
  const many = memoryWorld({ replies: [calls(...[1, 2, 3, 4, 5].map(wrong)), says("done")] });
  expect(await many.run()).toBe("ended");
  expect(finishOf(many)).toEqual(["done"]);

  const replies = [1, 2, 3].map((n) => calls(wrong(n)));
  const working = memoryWorld({
    replies: [...replies, calls(use("look", { path: "a" }), wrong(9)), ...replies, says("done")],
  });
  expect(await working.run()).toBe("ended");
  expect(finishOf(working)).toEqual(["done"]);
});

test("the number is the person's to set", async () => {
  const strict = memoryWorld({ replies: [calls(wrong(1)), says("never mind")], limits: { maxCorrections: 0 } });
  expect(await strict.run()).toBe("ended");
  expect(finishOf(strict)).toEqual(["budget"]);
});
