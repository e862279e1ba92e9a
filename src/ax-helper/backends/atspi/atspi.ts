import { Problem } from "../../problem.ts";
import type { ScreenAnswerOf, ScreenRequest, ScreenRequestOf } from "../../requests.ts";
import type { Backend } from "../backend.ts";
import { act } from "./act.ts";
import { readApps } from "./apps.ts";
import { type AccessibilityBus, openAccessibilityBus, switchOn } from "./bus.ts";
import { capture } from "./capture.ts";
import type { Outline } from "./cached.ts";
import { readElement } from "./element.ts";
import { hitTest } from "./hit.ts";
import { type Limits, type Look, startLook } from "./look.ts";
import { type Memory, startMemory } from "./memory.ts";
import { untilEvent } from "./settle.ts";
import { asCount, asText, idOf, targetOf } from "./values.ts";

/** What a request may cost if it does not say. */
const LIMITS: Limits = {
  nodes: 3_000,
  depth: 200,
  children: 200,
  text: 1_000,
  allText: 200_000,
  callMs: 1_000,
  timeMs: 2_500,
};

/**
 * Reads and operates the windows of a Linux desktop over AT-SPI. Connects at the first request, and again if the bus has ended
 * since.
 */
export function createAtspiBackend(environment: Readonly<Record<string, string | undefined>>): Backend {
  let bus: AccessibilityBus | undefined;
  const memory = startMemory();
  const open = async () => {
    if (bus?.isOpen() === true) return bus;
    const opened = await openAccessibilityBus(environment);
    bus = opened instanceof Problem ? undefined : opened;
    return opened;
  };
  return {
    close: () => bus?.close(),
    async answer(request) {
      if (request.do === "trust") return trust(environment, request, await open());
      const opened = await open();
      if (opened instanceof Problem) return opened;
      const look = startLook(opened, { ...LIMITS, ...defined(request.limits) });
      if (request.do === "apps") return listApps(look, opened, memory);
      if (request.do === "capture") return capture(look, opened, memory, request);
      const isAboutWindow = request.do === "hit" || request.do === "changed";
      const target = targetOf(isAboutWindow ? request.window : request.element);
      if (target === undefined) return new Problem("invalid", "This is no element of a captured window.");
      if (request.do === "changed") return { changed: await untilEvent(opened, target.bus, request.timeMs) };
      if (request.do === "act") return act(look, opened, { target, expected: request.expected, act: request.act });
      if (request.do === "text") return readText(look, target, request);
      if (request.do === "check") return found(await readElement(look, target));
      const hit = await hitTest(look, target, request.x, request.y);
      if (hit instanceof Problem) return hit;
      return { found: hit === null ? null : found(hit) };
    },
  };
}

type Target = NonNullable<ReturnType<typeof targetOf>>;

async function listApps(look: Look, bus: AccessibilityBus, memory: Memory): Promise<ScreenAnswerOf<"apps"> | Problem> {
  const apps = await readApps(look, bus, memory, undefined);
  return apps instanceof Problem ? apps : { apps };
}

function found(outline: Outline | Problem): ScreenAnswerOf<"check"> | Problem {
  if (outline instanceof Problem) return outline;
  const { target, role, name, states } = outline;
  return { id: idOf(target), role, name, states };
}

/** A part of a long text. */
async function readText(
  look: Look,
  target: Target,
  { from, count }: ScreenRequestOf<"text">,
): Promise<ScreenAnswerOf<"text"> | Problem> {
  const now = await readElement(look, target);
  if (now instanceof Problem) return now;
  if (now.role === "password text") return new Problem("secure", "This field is secret: it is never read.");
  if (!now.ifaces.includes("Text")) return { text: now.name, chars: now.name.length };
  const chars = asCount(await look.get(target, "Text.CharacterCount"));
  const body = [Math.min(from, chars), Math.min(from + count, chars)];
  const text = await look.call(target, "Text.GetText", { signature: "ii", body });
  return text instanceof Problem ? text : { text: asText(text, count * 2), chars };
}

async function trust(
  environment: Readonly<Record<string, string | undefined>>,
  { ask }: ScreenRequestOf<"trust">,
  bus: AccessibilityBus | Problem,
): Promise<ScreenAnswerOf<"trust">> {
  if (bus instanceof Problem) return { trusted: false, how: bus.message };
  const how =
    "Programs show their windows to accessibility here. One that does not must be started again after it is on.";
  if (!ask) return { trusted: true, how };
  const refused = await switchOn(environment);
  return { trusted: true, how: refused === undefined ? how : refused.message };
}

function defined(limits: ScreenRequest["limits"]): Partial<Limits> {
  return Object.fromEntries(Object.entries(limits ?? {}).filter(([, value]) => value !== undefined));
}
