import { expect, test } from "vitest";
import { calls, memoryWorld, says, use } from "../fakes/memory-ports.ts";

test("reads of one step run eight at a time, and their results keep the order of the requests", async () => {
  const asked = Array.from({ length: 20 }, (_, index) => use("look", {}, `read${index}`));
  const world = memoryWorld({ replies: [calls(...asked), says("seen")] });
  expect(await world.run()).toBe("ended");
  const batches: number[] = [];
  let running = 0;
  for (const { kind } of world.entries) {
    if (kind === "tool.started") running += 1;
    if (kind !== "tool.finished") continue;
    batches.push(running);
    running -= 1;
  }
  expect(Math.max(...batches)).toBe(8);
  const results = world.requests[1]?.messages
    .at(-1)
    ?.content.flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id] : []));
  expect(results).toEqual(asked.map(({ id }) => id));
});
