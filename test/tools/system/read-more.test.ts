import { expect, test } from "vitest";
import { world } from "../world.ts";

test("a blob is read on in whole characters until its end", async () => {
  const here = await world({ outputBytes: 256 });
  const whole = "a€😀".repeat(300);
  const blob = await here.place.saveBlob(Buffer.from(whole));
  let offset = 0;
  let seen = "";
  while (offset < Buffer.byteLength(whole)) {
    const { text, kind } = await here.call("read_more", { blob, offset });
    expect(kind).toBe("ok");
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(256);
    const [, next = ""] = /^\[bytes \d+-(\d+) of 2400/.exec(text) ?? [];
    expect(text.includes(`go on with offset ${next}`)).toBe(Number(next) < 2400);
    expect(Number(next)).toBeGreaterThan(offset);
    seen += text.slice(text.indexOf("\n") + 1);
    offset = Number(next);
  }
  expect(seen).toBe(whole);
});

test("the smallest length still gets further", async () => {
  const here = await world();
  const blob = await here.place.saveBlob(Buffer.from("😀😀😀"));
  expect((await here.call("read_more", { blob, length: 1 })).text).toBe("[bytes 0-8 of 12; go on with offset 8]\n😀😀");
});

test("unknown blobs, names that are paths, and offsets past the end are said", async () => {
  const here = await world();
  const blob = await here.place.saveBlob(Buffer.from("abc"));
  expect((await here.call("read_more", { blob: "unknown" })).text).toMatch(/^ERROR: There is no output unknown/);
  expect((await here.call("read_more", { blob, offset: 3 })).text).toMatch(
    /^ERROR: .* has 3 bytes; there is nothing at offset 3/,
  );
  await expect(here.call("read_more", { blob: "../home/secret" })).rejects.toThrow(/the name of a blob/);
});
