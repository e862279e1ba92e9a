import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createHub, type Hub } from "../../helper-daemon/hub.ts";
import { createStamp } from "../../helper-daemon/ids.ts";
import { createMemory, type Memory } from "../../helper-daemon/memory.ts";
import type { Origin } from "../../helper-daemon/methods.ts";
import { openStore, type Store } from "../../helper-daemon/store/open-store.ts";
import { methods } from "../../src/protocol/requests.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";

let home: string;
let folder: string;
let store: Store;
let hub: Hub;
let memory: Memory;
const face: Origin = { caller: "face" };
let calls = 0;
const tool = (): Origin => ({ caller: "tool", session: "s1", turn: "t1", callId: `t1.1.${(calls += 1)}` });
const path = (name: string) => join(folder, name);
const fileOf = (topic: string) => readFileSync(path(`${topic}.md`), "utf8");
const write = (topic: string, text: string, mode: "append" | "replace" = "append", origin = tool()) =>
  memory.write(methods["memory.write"].params.parse({ topic, text, mode }), origin);
const topics = async () => (await memory.list()).map((note) => note.topic);
const restart = () => (memory = createMemory({ folder, hub, store }));

beforeEach(() => {
  home = temporaryFolder("memory");
  onTestFinished(() => removeFolder(home));
  folder = join(home, "memory");
  store = openStore(join(home, "loopd.db"), createStamp("boot"));
  onTestFinished(() => store.close());
  hub = createHub(store.log);
  restart();
});

describe("somebody else writes at the same time", () => {
  /** The same notes, with an editor that saves right after a change is recorded and before its file is written. */
  const savingMeanwhile = (saves: (() => void)[]): Memory => {
    const record: Hub["record"] = (drafts) => {
      const entries = hub.record(drafts);
      saves.shift()?.();
      return entries;
    };
    return createMemory({ folder, hub: { ...hub, record }, store });
  };
  const saved = (text: string) => () => writeFileSync(path("Trip.md"), text);

  test("what a person saves in the middle of a write stays, and so does what was written", async () => {
    await write("Trip", "by train");
    memory = savingMeanwhile([saved("by ship\n"), saved("by ship\nand bus\n")]);
    await write("Trip", "in May");
    expect((await memory.read("Trip", tool())).text).toBe("by ship\nand bus\n\nin May");
    expect(fileOf("Trip").match(/<!-- loopd/g)).toHaveLength(1);
    const changes = store.log.page(undefined, 0, 100).flatMap(({ data }) => ("after" in data ? [data.after] : []));
    expect(changes.at(-1)).toBe(fileOf("Trip"));
    restart();
    expect((await memory.read("Trip", tool())).text).toBe("by ship\nand bus\n\nin May");
  });

  test("a note that a person makes, removes or turns into a link in the middle of a write is not overwritten", async () => {
    mkdirSync(folder);
    memory = savingMeanwhile([saved("mine\n")]);
    await write("Trip", "by train");
    expect((await memory.read("Trip", tool())).text).toBe("mine\n\nby train");
    memory = savingMeanwhile([() => rmSync(path("Trip.md"))]);
    await write("Trip", "in May");
    expect((await memory.read("Trip", tool())).text).toBe("in May");
    writeFileSync(join(home, "secret"), "hunter2");
    const link = () => {
      rmSync(path("Trip.md"));
      symlinkSync(join(home, "secret"), path("Trip.md"));
    };
    memory = savingMeanwhile([link]);
    await expect(write("Trip", "in June")).rejects.toMatchObject({ code: "invalid-params" });
    expect(readFileSync(join(home, "secret"), "utf8")).toBe("hunter2");
  });

  test("a program that saves all the time keeps its file, and the write says so", async () => {
    await write("Trip", "by train");
    let saves = 0;
    memory = savingMeanwhile(Array.from({ length: 50 }, () => () => saved(`save ${(saves += 1)}\n`)()));
    await expect(write("Trip", "in May")).rejects.toMatchObject({
      code: "store-busy",
      message: expect.stringMatching(/keeps changing Trip\.md/),
    });
    expect(fileOf("Trip")).toBe(`save ${saves}\n`);
    expect(store.outbox.pending()).toEqual([]);
  });

  test("what is forgotten is recorded as it was in the end", async () => {
    await write("Trip", "by train");
    memory = savingMeanwhile([saved("by ship\n")]);
    await memory.forget("Trip", face);
    expect(existsSync(path("Trip.md"))).toBe(false);
    expect(store.log.page(undefined, 0, 100).at(-1)).toMatchObject({ data: { key: "Trip", before: "by ship\n" } });
  });

  test("an edit of the whole is refused once the note says something else than it began with", async () => {
    await write("Trip", "by train");
    const { text: was } = await memory.read("Trip", face);
    await write("Trip", "in May");
    const edit = (text: string, from: string) =>
      memory.write({ topic: "Trip", text, mode: "replace", was: from }, face);
    await expect(edit("by ship", was)).rejects.toMatchObject({ code: "note-changed" });
    await expect(edit("by ship", "")).rejects.toMatchObject({ code: "note-changed" });
    expect((await memory.read("Trip", tool())).text).toBe("by train\n\nin May");
    await edit("by ship", (await memory.read("Trip", face)).text);
    expect((await memory.read("Trip", tool())).text).toBe("by ship");
    await memory.write({ topic: "New", text: "x", mode: "replace", was: "" }, face);
    expect(await topics()).toEqual(["New", "Trip"]);
  });
});

describe("files that loopd must not spoil", () => {
  test("line endings stay as they are", async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path("Trip.md"), "by ship\r\nand bus\r\n");
    await write("Trip", "in May\nor June");
    expect(fileOf("Trip").replace(/<!--.*-->/, "<!-- -->")).toBe(
      "by ship\r\nand bus\r\n\r\n<!-- -->\r\nin May\r\nor June\r\n",
    );
    expect((await memory.read("Trip", tool())).text).toBe("by ship\nand bus\n\nin May\nor June");
  });

  test.each<[string, Buffer]>([
    ["no UTF-8", Buffer.from("caf\xe9\n", "latin1")],
    ["UTF-16", Buffer.from("\ufeffcafe\n", "utf16le")],
    ["a megabyte", Buffer.from("x\n".repeat(500_000))],
  ])("a file with %s is neither added to nor replaced, by nobody, and its bytes stay", async (_, bytes) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path("Trip.md"), bytes);
    for (const mode of ["append", "replace"] as const) {
      for (const origin of [tool(), face]) {
        await expect(write("Trip", "in May", mode, origin)).rejects.toMatchObject({ code: "invalid-params" });
      }
    }
    expect(readFileSync(path("Trip.md")).equals(bytes)).toBe(true);
    expect((await memory.read("Trip", tool())).text.length).toBeGreaterThan(3);
  });

  test("an index that a person has made a link or a folder is left alone", async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(home, "own.md"), "mine");
    symlinkSync(join(home, "own.md"), path("MEMORY.md"));
    await write("Trip", "by train");
    expect(readFileSync(join(home, "own.md"), "utf8")).toBe("mine");
    rmSync(path("MEMORY.md"));
    mkdirSync(path("MEMORY.md"));
    await write("Trip", "in May");
    expect(await topics()).toEqual(["Trip"]);
  });

  test("notes in a folder that a link leads to are kept there", async () => {
    mkdirSync(join(home, "elsewhere"));
    symlinkSync(join(home, "elsewhere"), folder);
    await write("Trip", "by train");
    await write("Trip", "in May");
    expect(readdirSync(join(home, "elsewhere")).sort()).toEqual(["MEMORY.md", "Trip.md"]);
    await memory.forget("Trip", face);
    expect(readdirSync(join(home, "elsewhere"))).toEqual(["MEMORY.md"]);
  });
});
