import * as z from "zod";
import type { Facts } from "../../protocol/values.ts";
import { defineTool, type Place } from "../define-tool.ts";
import { decidedPath, inspectPath, systemText } from "../files/resolve-path.ts";
import { nearNames } from "../near-name.ts";
import { plainLine, visibleName } from "../visible-text.ts";
import { addressSchema, hostOf, visibleAddress } from "../web/web-address.ts";
import { awaitWindow, windowsNow } from "./await-window.ts";
import { titleWords, WINDOWS_SOURCE } from "./open-windows.ts";
import type { DesktopApp } from "./platform/desktop.ts";
import { desktopOf } from "./platform/desktop-of.ts";
import { runDesktop } from "./platform/run-desktop.ts";

const input = z
  .object({
    app: systemText.pipe(z.string().max(200)),
    path: systemText.optional(),
    url: addressSchema(["https", "http"]).optional(),
  })
  .refine(({ path, url }) => path === undefined || url === undefined, { error: "either path or url" });
type Input = z.output<typeof input>;

/** Opens an application, by the name under which it is installed, alone or with a file or an address. Waits for its window. */
export const appOpen = defineTool<Input>({
  name: "app_open",
  group: "system",
  effect: "ui",
  isIdempotent: false,
  timeLimit: 30_000,
  description: "Open an installed application, with a file (path) or an address (url) if wanted.",
  input,
  examples: [{ app: "Text Editor", path: "notes.md" }],
  async inspect({ app, path, url }, place): Promise<Omit<Facts, "hash">> {
    const found = await findApp(app, place);
    const file = path === undefined ? {} : await inspectPath(path, place);
    const domains = url === undefined ? [] : [hostOf(url)];
    const what = url === undefined ? (file.paths ?? []).map(visibleName) : [visibleAddress(url)];
    const name = found?.name ?? app;
    return { ...file, app: name, domains, preview: [visibleName(name), ...what].join("\n") };
  },
  async run({ app, path, url }, context) {
    const found = await findApp(app, context);
    if (found === undefined) return { text: await unknownWords(app, context), isError: true };
    const target = path === undefined ? url : decidedPath(context.facts);
    const before = await windowsNow(context);
    const end = await runDesktop(context, (desktop) => desktop.openApp(found, target));
    if (end.type !== "done") return { text: end.why, isError: true };
    const opened = `Opened ${plainLine(found.name, 100)}.`;
    if (before === undefined) return { text: opened };
    const window = await awaitWindow(context, found, before);
    if (window === undefined) return { text: `${opened} No window of it is there yet; app_list shows what is open.` };
    const read = `screen_read ${JSON.stringify({ app: plainLine(window.app, 100) })} shows it.`;
    return { text: `${opened} Its window is ${titleWords(window.title)}; ${read}`, taints: [WINDOWS_SOURCE] };
  },
});

/** The installed application of a name, in any case: rules speak of this name, whatever else it is called. */
async function findApp(app: string, place: Place): Promise<DesktopApp | undefined> {
  const wanted = app
    .trim()
    .toLowerCase()
    .replace(/\.(app|desktop)$/, "");
  const apps = (await desktopOf(place)?.apps()) ?? [];
  return apps.find(({ name }) => name.toLowerCase() === wanted) ?? apps.find(({ id }) => fileName(id) === wanted);
}

/** `/usr/share/applications/org.gnome.Maps.desktop` → `org.gnome.maps` */
function fileName(id: string): string {
  return id
    .slice(id.lastIndexOf("/") + 1)
    .toLowerCase()
    .replace(/\.(app|desktop)$/, "");
}

async function unknownWords(app: string, place: Place): Promise<string> {
  const names = ((await desktopOf(place)?.apps()) ?? []).map(({ name }) => name);
  const near = nearNames(app, names, 3).map((name) => plainLine(name, 100));
  const hint = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : " app_list shows what is installed.";
  return `No application ${plainLine(app, 100)} is installed, so nothing was opened.${hint}`;
}
