import * as z from "zod";
import { Problem } from "../../ax-helper/problem.ts";
import type { Facts } from "../../protocol/values.ts";
import { defineTool, type ToolContext, type ToolResult } from "../define-tool.ts";
import type { Rect } from "../system/platform/desktop.ts";
import { plainLine } from "../visible-text.ts";
import { pictureFrame } from "./picture-frame.ts";
import { choiceOf } from "./looking.ts";
import { problemWords } from "./problem-words.ts";
import { type Picture, takePicture } from "./take-picture.ts";
import { sourceOf, windowFacts, windowIdentity } from "./window-facts.ts";

const name = z.string().max(300).optional();
const input = z.object({
  app: name.describe("program; absent: the one in front"),
  window: name.describe("title or part of it"),
  region: z.array(z.number()).length(4).optional().describe("left, top, width, height in points of the window"),
});
type Input = z.output<typeof input>;

const BLIND = "The model of this turn takes no pictures, so none was taken. Read the window with screen_read.";

/**
 * A picture of one window or a part of it, for what a program does not tell in words. Only of a window in front, and of none
 * where a secret field is on view in it.
 */
export const screenshot = defineTool<Input>({
  name: "screenshot",
  group: "screen",
  effect: "read",
  isIdempotent: true,
  timeLimit: 30_000,
  description: "Take a picture of a window, or a region of it, where screen_read does not tell enough.",
  input,
  examples: [{ app: "galculator" }, { app: "Maps", region: [0, 40, 600, 400] }],
  async inspect({ region, ...named }, place, { takesImages }): Promise<Omit<Facts, "hash">> {
    if (takesImages === false) return { refusal: BLIND };
    const part = region === undefined ? "" : ` (only the part ${region.join(", ")})`;
    const { facts } = await windowFacts(named, place, (where) => `take a picture of ${where}${part}`);
    return facts.source === undefined ? facts : { ...facts, picture: facts.source };
  },
  identify: windowIdentity,
  async run({ region, ...named }, context) {
    if (!context.takesImages) return failed(BLIND);
    // Of the program that was decided about, whichever is in front by now.
    const decided = { ...named, app: named.app ?? context.facts.app };
    const now = await context.screen.capture(choiceOf(decided), context.signal);
    if (now instanceof Problem) return failed(problemWords(now));
    const isPlaced = (context.environment["WAYLAND_DISPLAY"] ?? "") === "" || context.platform === "darwin";
    const frame = pictureFrame(now, { region, isPlaced });
    if ("problem" in frame) return failed(frame.problem);
    const picture = await takePicture(context, frame.onScreen);
    if ("problem" in picture) return failed(`${picture.problem}${grantWords(context)}`);
    const names = { app: context.facts.app ?? now.window.app, window: plainLine(now.window.window, 120) };
    return told(picture, frame.inWindow, names, context);
  },
});

async function told(
  { bytes, width, height }: Picture,
  [left, top, across, down]: Rect,
  { app, window }: { app: string; window: string },
  context: ToolContext,
): Promise<ToolResult> {
  const mediaType = "image/png";
  const blob = await context.saveBlob(bytes);
  const scale = Number((width / across).toFixed(3));
  const part = `points ${left},${top} to ${left + across},${top + down} of the window`;
  const text = [
    `${app} | ${window}`,
    `[image ${mediaType}, ${Math.ceil(bytes.length / 1000)} kB, blob ${blob}]`,
    `${width} × ${height} pixels show ${part}: ${scale} pixels a point. Whatever lay over the window is in it too.`,
  ].join("\n");
  const content = [{ type: "image" as const, mediaType, blob, bytes: bytes.length }];
  return { text, content, taints: [sourceOf(app)] };
}

function grantWords({ platform }: ToolContext): string {
  return platform === "darwin" ? " Perhaps macOS does not let loopd see the screen: permissions_request screen." : "";
}

function failed(text: string): ToolResult {
  return { text, isError: true };
}
