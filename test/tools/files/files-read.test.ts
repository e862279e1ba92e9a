import { execFileSync } from "node:child_process";
import { type FileHandle, open, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { heldBytes } from "../../fakes/garbage.ts";
import { world } from "../world.ts";

test("a small file comes whole and unchanged", async () => {
  const here = await world();
  await here.file("a.txt", "one\r\n\ntwö\n");
  expect(await here.call("files_read", { path: "a.txt" })).toEqual({
    kind: "ok",
    text: "one\r\n\ntwö\n",
    isSideEffectPossible: false,
    saw: [{ path: here.path("a.txt"), fingerprint: expect.stringMatching(/^11-\d{19}-\d+$/) }],
  });
  await here.file("bom.txt", "\uFEFFone");
  expect((await here.call("files_read", { path: "bom.txt" })).text).toBe("one");
  await here.file("empty.txt", "");
  expect((await here.call("files_read", { path: "empty.txt" })).text).toBe("[the file is empty]");
});

test("ranges of lines, and where there is none", async () => {
  const here = await world();
  await here.file("a.txt", "1\n2\n3\n4\n5");
  const read = async (from: number, lines?: number) =>
    (await here.call("files_read", { path: "a.txt", from, ...(lines === undefined ? {} : { lines }) })).text;
  expect(await read(2, 2)).toBe("[lines 2-3 of 5; go on with from=4]\n2\n3\n");
  expect(await read(4)).toBe("[lines 4-5 of 5]\n4\n5");
  expect(await read(5, 1)).toBe("[lines 5-5 of 5]\n5");
  expect(await read(1, 5)).toBe("1\n2\n3\n4\n5");
  expect(await read(1, 1)).toBe("[lines 1-1 of 5; go on with from=2]\n1\n");
  expect(await read(6)).toBe("ERROR: a.txt has only 5 lines, so there is no line 6.");
});

test("a long file fills the output with whole lines, and reading on gives exactly the rest", async () => {
  const here = await world({ outputBytes: 1000 });
  const whole = Array.from({ length: 400 }, (_, index) => `line ${index + 1} ✓`).join("\n");
  await here.file("a.txt", whole);
  let from = 1;
  let seen = "";
  while (from <= 400) {
    const { text, kind } = await here.call("files_read", { path: "a.txt", from });
    expect(kind).toBe("ok");
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1000);
    const heading = text.slice(0, text.indexOf("\n"));
    const [, a, b] = /^\[lines (\d+)-(\d+) of 400/.exec(heading) ?? [];
    expect(Number(a)).toBe(from);
    seen += text.slice(heading.length + 1);
    from = Number(b) + 1;
  }
  expect(seen).toBe(whole);
});

test("a line longer than the output shows its beginning, whole characters only", async () => {
  const here = await world({ outputBytes: 500 });
  await here.file("a.json", `${"€".repeat(1_000_000)}\nnext`);
  const { text } = await here.call("files_read", { path: "a.json" });
  expect(text).toMatch(/^\[lines 1-1 of 2; the line is longer than what is shown; go on with from=2\]\n€+$/);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(500);
});

test("a range deep in a file far larger than memory should hold", async () => {
  const here = await world();
  const path = await here.file("big.log", "first\n");
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "a");
    const block = Buffer.from(`${"x".repeat(1023)}\n`.repeat(1024));
    for (let i = 0; i < 100; i += 1) await handle.write(block);
    await handle.truncate(400 * 1024 * 1024);
  } finally {
    await handle?.close();
  }
  const before = heldBytes();
  const { text } = await here.call("files_read", { path: "big.log", from: 102_000, lines: 2 });
  expect(text).toBe(
    `[lines 102000-102001 of a file of 419430400 bytes; go on with from=102002]\n${`${"x".repeat(1023)}\n`.repeat(2)}`,
  );
  expect(heldBytes() - before).toBeLessThan(16 * 1024 * 1024);
});

test("UTF-16 is read by its mark, or when asked for", async () => {
  const here = await world();
  const little = Buffer.from("zwölf\nRot\n", "utf16le");
  await here.file("marked.txt", Buffer.concat([Buffer.from([0xff, 0xfe]), little]));
  await here.file("big.txt", Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(little).swap16()]));
  await here.file("bare.txt", little);
  expect((await here.call("files_read", { path: "marked.txt" })).text).toBe("zwölf\nRot\n");
  expect((await here.call("files_read", { path: "big.txt", from: 2 })).text).toBe("[lines 2-2 of 2]\nRot\n");
  expect((await here.call("files_read", { path: "bare.txt" })).text).toMatch(/looks like UTF-16.*encoding "utf-16le"/);
  expect((await here.call("files_read", { path: "bare.txt", encoding: "utf-16le" })).text).toBe("zwölf\nRot\n");
});

test("what is not UTF-8 says where, what it looks like and how to read it", async () => {
  const here = await world();
  await here.file("latin.txt", Buffer.from("one\ncaf\xe9\nthree\n", "latin1"));
  const refused = await here.call("files_read", { path: "latin.txt" });
  expect(refused.kind).toBe("error");
  expect(refused.text).toMatch(
    /^ERROR: latin\.txt \(15 bytes\) is not UTF-8 \(byte 0xe9 in line 2\); it looks like Latin-1\..*"latin1"/,
  );
  expect((await here.call("files_read", { path: "latin.txt", encoding: "latin1" })).text).toBe("one\ncafé\nthree\n");
  expect((await here.call("files_read", { path: "latin.txt", from: 3 })).text).toBe("[lines 3-3 of 3]\nthree\n");
});

test("binary files say their size and kind", async () => {
  const here = await world();
  await here.file("a.png", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"));
  expect((await here.call("files_read", { path: "a.png" })).text).toMatch(
    /\(16 bytes\) is a binary file: it looks like a PNG image/,
  );
  await here.file("a.bin", Buffer.alloc(100));
  expect((await here.call("files_read", { path: "a.bin" })).text).toMatch(/is a binary file\. To see its bytes/);
  expect((await here.call("files_read", { path: "a.bin", encoding: "latin1" })).text).toBe("␀".repeat(100));
});

test("what is no regular file is refused without waiting", async () => {
  const here = await world();
  execFileSync("/bin/sh", ["-c", "mkfifo pipe"], { cwd: here.place.workspace });
  const server = createServer().listen(here.path("socket"));
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  await symlink("nowhere", here.path("dangling"));
  const said = async (path: string) => (await here.call("files_read", { path })).text;
  expect(await said("pipe")).toMatch(/^ERROR: .*is a named pipe/);
  expect(await said("socket")).toMatch(/^ERROR: .*is a socket/);
  expect(await said("/dev/zero")).toMatch(/^ERROR: .*is a device/);
  expect(await said(".")).toMatch(/^ERROR: .*is a folder. List it with files_list/);
  expect(await said("dangling")).toMatch(/^ERROR: There is no .*nowhere/);
});

test("a missing file names those that come near", async () => {
  const here = await world();
  await here.file("docs/README.md", "");
  await here.file("docs/other.txt", "");
  const said = async (path: string) => (await here.call("files_read", { path })).text;
  expect(await said("docs/readme.md.txt")).toMatch(/Did you mean .*docs\/README\.md\?$/);
  expect(await said("doc/README.md")).toMatch(/Did you mean .*\/docs\?$/);
  expect(await said("docs/zzzzzzzz")).toMatch(/See what is there with files_list\.$/);
});
