import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { node } from "../../ax-helper/tree/windows.ts";
import { programs } from "../system/programs.ts";
import { world as anyWorld, type World } from "../world.ts";
import { leaves, png } from "./pictures.ts";

const SHOWN = ["active", "enabled", "showing", "visible"];
const button = node("push button", "Go", { rect: [120, 260, 50, 20] });
const secret = node("password text", "PIN", { rect: [200, 300, 80, 20], secure: true });

/** A window of 400 × 300 points at 100, 200. */
function windowOf(app: string, title: string, more: { children?: object[]; rect?: number[]; states?: string[] } = {}) {
  const { children = [button], rect = [100, 200, 400, 300], states = SHOWN } = more;
  return {
    app,
    toolkit: "GTK",
    window: title,
    tree: { role: "frame", name: title, states, rect, id: title, children },
  };
}

/** A world whose screen shows these windows, and programs of the test's own. */
async function world(windows: object[], environment: Record<string, string> = { DISPLAY: ":99" }) {
  const folder = await mkdtemp(join(tmpdir(), "loopd-windows-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [at, window] of windows.entries()) await writeFile(join(folder, `${at}.json`), JSON.stringify(window));
  const made: World = await anyWorld({ screen: `fixture:${folder}` });
  const own = await programs(made, environment);
  const take = (input: object = {}) => made.call("screenshot", { ...input }, { takesImages: true });
  return { ...made, programs: own, take };
}

test("on macOS a window is taken by its place, kept as a blob, and its file is gone", async () => {
  const { take, place, programs, blob, ...made } = await world([windowOf("Maps", "Berlin")]);
  place.platform = "darwin";
  const picture = png(800, 600);
  await programs.add("screencapture", await leaves({ place, ...made } as World, picture));
  const outcome = await take();
  const [call] = await programs.calls("screencapture");
  expect(call?.args.slice(0, 4)).toEqual(["-x", "-t", "png", "-R100,200,400,300"]);
  expect(existsSync(call?.args[4] ?? "/")).toBe(false);
  expect(outcome).toMatchObject({ kind: "ok", taints: ["screen Maps"], isSideEffectPossible: false });
  expect(outcome.text).toContain("Maps | Berlin\n[image image/png, 2 kB, blob ");
  expect(outcome.text).toContain("800 × 600 pixels show points 0,0 to 400,300 of the window: 2 pixels a point.");
  const [image] = outcome.content ?? [];
  expect(image).toMatchObject({ type: "image", mediaType: "image/png", bytes: picture.length });
  expect(await blob(image !== undefined && "blob" in image ? image.blob : undefined)).toEqual(picture);
});

test("a region is of the window, and never more than it", async () => {
  const made = await world([windowOf("Maps", "Berlin")]);
  await made.programs.add("maim", await leaves(made, png(50, 40)));
  const outcome = await made.take({ region: [350.4, 260, 500, 500] });
  expect(outcome.text).toContain("show points 350,260 to 400,300 of the window: 1 pixels a point");
  const [call] = await made.programs.calls("maim");
  expect(call?.args).toContain("--geometry=50x40+450+460");
  expect(await made.take({ region: [401, 0, 10, 10] })).toMatchObject({
    kind: "error",
    text: expect.stringContaining("outside of the window, which is 400 × 300 points") as string,
  });
  expect(await made.programs.calls("maim")).toHaveLength(1);
});

test("on Linux the first program that there is takes it; without one a person is told what to install", async () => {
  const made = await world([windowOf("Maps", "Berlin")]);
  expect((await made.take()).text).toContain("sudo apt install maim");
  const script = await leaves(made, png(400, 300));
  await made.programs.add("import", script);
  expect(await made.take()).toMatchObject({ kind: "ok" });
  expect((await made.programs.calls("import"))[0]?.args.slice(0, 6)).toEqual([
    ...["-silent", "-window", "root", "-crop", "400x300+100+200", "+repage"],
  ]);
  await made.programs.add("scrot", script);
  expect(await made.take()).toMatchObject({ kind: "ok" });
  expect((await made.programs.calls("scrot"))[0]?.args.slice(0, 3)).toEqual([
    "--overwrite",
    "--autoselect",
    "100,200,400,300",
  ]);
  await made.programs.add("scrot", "echo no display >&2; exit 2");
  expect((await made.take()).text).toContain("scrot failed with exit code 2. It said: no display");
  await made.programs.add("scrot", ":");
  expect((await made.take()).text).toContain("left no PNG");
});

test("under Wayland it is grim, and only for windows that tell where they are", async () => {
  const made = await world([windowOf("Maps", "Berlin"), windowOf("Notes", "n", { rect: [0, 0, 90, 90] })], {
    WAYLAND_DISPLAY: "wayland-0",
  });
  await made.programs.add("grim", await leaves(made, png(400, 300)));
  expect(await made.take({ app: "Maps" })).toMatchObject({ kind: "ok" });
  expect((await made.programs.calls("grim"))[0]?.args.slice(0, 4)).toEqual(["-t", "png", "-g", "100,200 400x300"]);
  expect((await made.take({ app: "Notes" })).text).toContain("does not tell where on the screen it is");
});

test("a picture too large for a model is made smaller, or refused with what would help", async () => {
  const made = await world([windowOf("Maps", "Berlin")]);
  await made.programs.add("maim", await leaves(made, png(3000, 2000)));
  expect((await made.take()).text).toMatch(
    /has 3000 × 2000 pixels.*could not be made smaller.*choose a smaller region/s,
  );
  await made.programs.add("convert", await leaves(made, png(1568, 1045)));
  expect((await made.take()).text).toContain(
    "1568 × 1045 pixels show points 0,0 to 400,300 of the window: 3.92 pixels",
  );
  expect((await made.programs.calls("convert"))[0]?.args.slice(1, 3)).toEqual(["-resize", "1568x1568>"]);
  await made.programs.add("maim", await leaves(made, png(400, 300, 4_000_000)));
  await made.programs.add("convert", await leaves(made, png(400, 300, 4_000_000)));
  expect((await made.take()).text).toContain("too large for a model however small");
  expect((await made.programs.calls("convert")).map(({ args }) => args[2])).toEqual([
    ...["1568x1568>", "1568x1568>", "1024x1024>", "640x640>"],
  ]);
});

test("nothing is taken for a model that takes no pictures, and nobody is asked", async () => {
  const made = await world([windowOf("Maps", "Berlin")]);
  await made.programs.add("maim", await leaves(made, png(400, 300)));
  for (const takesImages of [false, undefined]) {
    expect(await made.call("screenshot", {}, { takesImages })).toMatchObject({
      kind: "error",
      text: expect.stringContaining(
        "takes no pictures, so none was taken. Read the window with screen_read.",
      ) as string,
    });
  }
  expect(await made.programs.calls("maim")).toEqual([]);
  const call = { callId: "c", name: "screenshot", arguments: {}, effect: "read" as const };
  expect(await made.catalogue.inspect({ ...call, takesImages: false }, made.place)).toMatchObject({
    refusal: expect.stringContaining("takes no pictures") as string,
  });
  expect(await made.catalogue.inspect({ ...call, takesImages: true }, made.place)).toMatchObject({
    ...{ app: "Maps", window: "Berlin", source: "screen Maps", picture: "screen Maps" },
    preview: expect.stringContaining("take a picture of Maps") as string,
  });
});

test("a secret field on view is never in a picture, a region beside it may be", async () => {
  const made = await world([
    windowOf("Bank", "Login", { children: [button, node("panel", "", { children: [secret] })] }),
  ]);
  await made.programs.add("maim", await leaves(made, png(400, 300)));
  const refused =
    'The field "PIN" at 100,100, 80 × 20 points keeps what it holds secret, so no picture of it was taken.';
  expect((await made.take()).text).toContain(refused);
  expect((await made.take({ region: [90, 90, 20, 20] })).text).toContain(refused);
  expect(await made.programs.calls("maim")).toEqual([]);
  expect(await made.take({ region: [0, 0, 400, 99] })).toMatchObject({ kind: "ok" });
});

test("a window that is not in front may be covered by another one, so it is not taken", async () => {
  const behind = windowOf("Notes", "Diary", { states: ["showing", "visible"] });
  const made = await world([windowOf("Maps", "Berlin"), behind]);
  await made.programs.add("maim", await leaves(made, png(400, 300)));
  expect((await made.take({ app: "notes" })).text).toContain("Diary is not in front, so other windows could be in");
  expect(await made.programs.calls("maim")).toEqual([]);
  expect((await made.take({ app: "nobody" })).kind).toBe("error");
});
