import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { world as anyWorld } from "../world.ts";
import { programs } from "./programs.ts";

async function world(platform: NodeJS.Platform, environment: Record<string, string> = {}) {
  const made = await anyWorld();
  made.place.platform = platform;
  return { ...made, programs: await programs(made, environment) };
}

const HOSTILE = [
  `-e 'do evil' "; $(touch x) \`id\` \\n`,
  "--help",
  "a\nb\n--\n[[volm 1]]",
  "🦊 é ﷽",
  '" & (do shell script "x") & "',
];

test("macOS programs get hostile text as it is, as input or as a word of their own", async () => {
  const { call, programs } = await world("darwin");
  for (const name of ["pbcopy", "osascript", "say", "open"]) await programs.add(name);
  for (const text of HOSTILE) {
    for (const [tool, input] of [
      ["clipboard_write", { text }],
      ["notify", { title: text, text }],
      ["speak", { text, voice: "Anna (Premium)" }],
    ] as const) {
      expect(await call(tool, input)).toMatchObject({ kind: "ok" });
    }
  }
  expect((await programs.calls("pbcopy")).map(({ input }) => input)).toEqual(HOSTILE);
  const notified = await programs.calls("osascript");
  expect(notified[0]?.args.slice(0, 6).filter((word) => word !== "-e")).toEqual([
    "on run argv",
    "display notification (item 2 of argv) with title (item 1 of argv)",
    "end run",
  ]);
  expect(notified.map(({ args }) => args.slice(6, 7).concat(args.slice(8)))).toEqual(
    HOSTILE.map((text) => ["--", text]),
  );
  expect(notified[0]?.args[7]).toBe(`loopd: ${HOSTILE[0]}`);
  const said = await programs.calls("say");
  expect(said[0]?.args).toEqual(["-v", "Anna (Premium)", "-f", "-"]);
  expect(said.map(({ input }) => input)).toEqual(HOSTILE.map((text) => text.replaceAll("[[", "[ [")));
});

test("Linux programs get hostile text as it is, without its markup", async () => {
  const { call, programs } = await world("linux", { DISPLAY: ":99" });
  for (const name of ["xclip", "notify-send", "espeak-ng", "xdg-open"]) await programs.add(name);
  for (const text of HOSTILE) {
    await call("clipboard_write", { text });
    await call("notify", { title: "Fox", text });
    await call("speak", { text });
  }
  expect(await programs.calls("xclip")).toEqual(
    HOSTILE.map((input) => ({ args: ["-selection", "clipboard", "-in"], input })),
  );
  expect((await programs.calls("espeak-ng")).map(({ input }) => input)).toEqual(HOSTILE);
  await call("notify", { title: "Fox", text: "<b>1 & 2</b> \\x41" });
  expect((await programs.calls("notify-send")).at(-1)?.args).toEqual([
    ...["--app-name=loopd", "--", "loopd: Fox", "&lt;b&gt;1 &amp; 2&lt;/b&gt; \\\\x41"],
  ]);
});

test.each(["darwin", "linux"] as const)(
  "on %s an address is opened, and shown with its host before",
  async (platform) => {
    const { call, facts, programs, catalogue } = await world(platform);
    const opener = platform === "darwin" ? "open" : "xdg-open";
    await programs.add(opener);
    const url = "https://example.com/?q=a%20b&x=';touch%20y'";
    expect(await facts("open_url", { url })).toMatchObject({ domains: ["example.com"] });
    expect(await call("open_url", { url })).toMatchObject({ kind: "ok" });
    expect((await programs.calls(opener)).map(({ args }) => args)).toEqual([[new URL(url).href]]);
    expect(await facts("open_url", { url: "mailto:a@Example.com,b@other.org?cc=c@third.net" })).toMatchObject({
      domains: ["example.com", "other.org", "third.net"],
    });
    for (const bad of [
      "file:///etc/passwd",
      "javascript:alert(1)",
      "x-apple.systempreferences:",
      "-a Calculator",
      "vscode://x",
      "mailto:a@b.c?attach=/etc/passwd",
    ]) {
      expect(catalogue.book.parse("open_url", { url: bad }).type).toBe("invalid");
    }
  },
);

test("a missing program is told with what to install, one that fails with what it said", async () => {
  const { call, programs } = await world("linux");
  expect(await call("clipboard_read", {})).toMatchObject({
    kind: "error",
    text: "ERROR: This needs xclip or xsel or wl-paste, which is not installed, so nothing was done. The person can install it: sudo apt install xclip",
  });
  await programs.add("xclip", 'echo "Error: Can\'t open display: (null)" >&2; exit 1');
  expect((await call("clipboard_read", {})).text).toContain(
    "xclip failed with exit code 1. It said: Error: Can't open display",
  );
  await programs.add("xclip", 'echo "Error: target STRING not available" >&2; exit 1');
  expect(await call("clipboard_read", {})).toMatchObject({ kind: "ok", text: "[there is no text on the clipboard]" });
  const { call: elsewhere } = await world("win32");
  expect((await elsewhere("notify", { title: "a", text: "b" })).text).toContain("cannot do this on win32 yet");
});

test("the clipboard of Wayland comes first where there is one, and a megabyte comes whole in a blob", async () => {
  const { call, programs, blob } = await world("linux", { WAYLAND_DISPLAY: "wayland-0" });
  await programs.add("xclip");
  await programs.add("wl-paste", "head -c 1000000 /dev/zero | tr '\\0' 'x'; printf '\\000'");
  const outcome = await call("clipboard_read", {});
  expect(outcome.text).toContain("read_more");
  expect((await blob(outcome.blob)).toString()).toBe(`${"x".repeat(1_000_000)}␀`);
  expect(await programs.calls("xclip")).toEqual([]);
});

test("what a program leaves behind outlives the call; a voice ends with it", async () => {
  const { call, programs } = await world("linux");
  await programs.add("espeak-ng", "exec sleep 1000");
  const stop = new AbortController();
  const outcome = await call(
    "speak",
    { text: "a long story" },
    { signal: stop.signal, spawned: async () => setTimeout(() => stop.abort(), 100) && undefined },
  );
  expect(outcome).toMatchObject({ kind: "error", text: expect.stringContaining("was stopped") });
});

test("applications are found by their desktop files, opened by name, and named the same for every rule", async () => {
  const { call, facts, programs, place, file, path } = await world("linux");
  const folder = join(place.home, ".local/share/applications");
  await mkdir(folder, { recursive: true });
  const entry = (name: string, more = "") =>
    `[Desktop Entry]\nType=Application\nName=${name}\nExec=env A=1 node %U\n${more}\n[Desktop Action x]\nName=Other\n`;
  await writeFile(join(folder, "org.test.Foxes.desktop"), entry("Foxes & Friends"));
  await writeFile(join(folder, "hidden.desktop"), entry("Hidden Tool", "NoDisplay=true"));
  await writeFile(join(folder, "sleepy.desktop"), entry("Sleepy").replace("node", "no-such-program"));
  await programs.add("gio");
  const list = (await call("app_list", { query: "" })).text.split("\n");
  expect(list).toContain("Foxes & Friends (running)");
  expect(list).toContain("Sleepy");
  expect(list.join()).not.toContain("Hidden");
  for (const app of ["foxes & friends", "org.test.Foxes", "Foxes & Friends.desktop"]) {
    expect(await facts("app_open", { app })).toMatchObject({ app: "Foxes & Friends", domains: [] });
  }
  await file("notes.md", "x");
  expect(await facts("app_open", { app: "Sleepy", path: "notes.md" })).toMatchObject({
    paths: [path("notes.md")],
    inWorkspace: true,
  });
  expect(await call("app_open", { app: "sleepy", path: "notes.md" })).toMatchObject({
    kind: "ok",
    text: "Opened Sleepy.",
  });
  expect((await programs.calls("gio")).map(({ args }) => args)).toEqual([
    ["launch", join(folder, "sleepy.desktop"), path("notes.md")],
  ]);
  expect((await call("app_open", { app: "Slepy" })).text).toContain("Did you mean Sleepy?");
  expect((await call("app_open", { app: "Sleepy", path: join(place.home, ".ssh/id") })).text).toContain("protected");
  expect(await programs.calls("gio")).toHaveLength(1);
});

test("macOS applications are opened by the bundle that was found", async () => {
  const { call, programs, place } = await world("darwin");
  const bundle = join(place.home, "Applications/Fox Writer.app");
  await mkdir(bundle, { recursive: true });
  await programs.add("open");
  const listing = `cat <<'END'\n 1) "Fox Writer" ASN:0x0-0x1001:\n    bundleID="x"\n    type="Foreground"\n 2) "Dock" ASN:0x0-0x2:\n    type="UIElement"\nEND`;
  await programs.add("lsappinfo", listing);
  expect((await call("app_list", { query: "fox" })).text).toBe("Fox Writer (running)");
  expect((await call("app_open", { app: "fox writer.app", url: "https://example.com" })).text).toBe(
    "Opened Fox Writer.",
  );
  expect((await programs.calls("open")).map(({ args }) => args)).toEqual([["-a", bundle, "https://example.com/"]]);
});

test("permissions are told without asking, and asked for by a card that leads to the settings", async () => {
  const { call, programs } = await world("darwin");
  await programs.add("open");
  const told = await call("permissions_check", {});
  expect(told.text).toMatch(/^workspace: .* can be read and written\nfiles: macOS asks the person/);
  expect(told.text).toContain("notifications: needs osascript");
  expect(told.text).toContain("accessibility: windows cannot be read. ");
  expect(told.text).toMatch(/\npictures of the screen: .*permissions_request screen\)\nautomation: macOS asks/);
  const asked: string[] = [];
  const answering = (answer: string) => ({
    ask: async ({ text }: { text: string }) => {
      asked.push(text);
      return { resolution: "answered" as const, answer };
    },
  });
  const wish = { permission: "files", why: "to tidy\u202eup" };
  expect((await call("permissions_request", wish, answering("No"))).kind).toBe("error");
  expect(await programs.calls("open")).toEqual([]);
  expect((await call("permissions_request", wish, answering("Open the settings"))).text).toContain("settings are open");
  expect((await programs.calls("open"))[0]?.args).toEqual([
    "x-apple.systempreferences:com.apple.preference.security?Privacy_AllFiles",
  ]);
  expect(asked[0]).toContain("to tidy\\u{202e}up");
});
