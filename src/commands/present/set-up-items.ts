import type { FolderRow } from "../../protocol/install.ts";
import * as z from "zod";
import { plainMarkdown } from "./markdown-text.ts";
import type { SetUpLine, Standing } from "./install-steps.ts";

/** What a person does once the helper runs, in the order in which it makes sense. */
const setUpIds = ["endpoint", "windows", "folders", "first-ask", "menu-bar", "hotkey"] as const;
export type SetUpId = (typeof setUpIds)[number];

/** What the helper knows of it. */
export interface SetUpFacts {
  /** Model and name of the endpoint in use; undefined where only the rehearsal model answers. */
  endpoint: { name: string; model: string } | undefined;
  screen: { isTrusted: boolean; how: string };
  /** Whether anything was ever asked. */
  hasAsked: boolean;
}

const folderSchema = z.object({ name: z.string(), state: z.enum(["open", "refused", "missing"]) });

/** What only Raycast can know, kept there for one home. */
export const setUpMarksSchema = z.object({
  home: z.string(),
  /** Items that were done, or left out on purpose. */
  marks: z.partialRecord(z.enum(setUpIds), z.enum(["done", "skipped"])),
  /** How the helper found the guarded folders when it looked last. */
  folders: z.array(folderSchema).optional(),
});
export type SetUpMarks = z.infer<typeof setUpMarksSchema>;

/** What the items are made from. Without facts there is no helper to ask. */
export interface SetUpWorld {
  facts: SetUpFacts | undefined;
  marks: SetUpMarks;
  /** The menu bar is told of what waits at once. */
  isPushed: boolean;
}

/** An item with its page. */
export interface SetUpItem extends SetUpLine {
  id: SetUpId;
  isDone: boolean;
}

const DONE: Standing = { text: "Done", icon: "done", tint: "Green" };
const TO_DO: Standing = { text: "To Do", icon: "waiting", tint: "Blue" };
const SKIPPED: Standing = { text: "Skipped", icon: "done", tint: "SecondaryText" };
const NEEDS: Standing = { text: "Needs the Helper", icon: "waiting", tint: "SecondaryText" };
const LOOK: Standing = { text: "Look", icon: "attention", tint: "Orange" };

const titles: Record<SetUpId, string> = {
  endpoint: "Connect a Model",
  windows: "Let loopd Read Windows",
  folders: "Let loopd Use Your Folders",
  "first-ask": "Ask Something",
  "menu-bar": "Show Status in Menu Bar",
  hotkey: "Assign a Hotkey",
};

/** All items, with how they stand. */
export function presentSetUpItems(world: SetUpWorld): SetUpItem[] {
  return setUpIds.map((id) => {
    const { standing, now } = looks[id](world);
    const mark = world.marks.marks[id];
    const shown = standing === TO_DO && mark === "skipped" ? SKIPPED : standing;
    const paragraphs = [`## ${titles[id]}`, `**${shown.text}**`, ...(now === "" ? [] : [plainMarkdown(now)])];
    const markdown = [...paragraphs, "---", ...about[id].map(plainMarkdown)].join("\n\n");
    return { id, title: titles[id], standing: shown, markdown, isDone: shown === DONE };
  });
}

interface Look {
  standing: Standing;
  /** What was found, in a sentence. */
  now: string;
}

const todo = { standing: TO_DO, now: "" };
const needs = { standing: NEEDS, now: "Install or start the helper first." };

const looks: Record<SetUpId, (world: SetUpWorld) => Look> = {
  endpoint: ({ facts }) => {
    if (facts === undefined) return needs;
    if (facts.endpoint === undefined) return { standing: TO_DO, now: "Only the rehearsal model answers." };
    return { standing: DONE, now: `loopd asks ${facts.endpoint.model} at ${facts.endpoint.name}.` };
  },
  windows: ({ facts }) => {
    if (facts === undefined) return needs;
    return { standing: facts.screen.isTrusted ? DONE : TO_DO, now: facts.screen.how };
  },
  folders: ({ facts, marks: { folders } }) => {
    if (folders === undefined) return facts === undefined ? needs : todo;
    const refused = folders.filter(({ state }) => state === "refused").map(({ name }) => name);
    return refused.length === 0
      ? { standing: DONE, now: "The helper can look into all of them." }
      : { standing: LOOK, now: `The helper may not look into: ${refused.join(", ")}.` };
  },
  "first-ask": ({ facts }) => {
    if (facts === undefined) return needs;
    return facts.hasAsked ? { standing: DONE, now: "You have asked before." } : todo;
  },
  "menu-bar": ({ marks, isPushed }) => {
    if (marks.marks["menu-bar"] !== "done") return todo;
    const when = isPushed ? "at once" : "up to a minute later, unless you choose “Menu Bar” in the preferences";
    return { standing: DONE, now: `It is in the menu bar, and is told of what waits ${when}.` };
  },
  hotkey: ({ marks }) => (marks.marks.hotkey === "done" ? { standing: DONE, now: "You said that it has one." } : todo),
};

const about: Record<SetUpId, readonly string[]> = {
  endpoint: [
    "loopd works with a model of your choice. It can look for one on this machine: nothing but its list of models is asked for, and nothing is used before you agree. One elsewhere is filled in in the preferences.",
  ],
  windows: [
    "With the Accessibility permission loopd reads windows and operates them, each time within what you approve. macOS asks once; switch on loopd-screen in the settings that open, then look again.",
  ],
  folders: [
    "macOS guards Desktop, Documents and Downloads. The helper looks into each of them now, so that macOS asks its questions while you are here, and not in the middle of your first turn. Nothing in them is read.",
    "If you refused one: System Settings > Privacy & Security > Files & Folders.",
  ],
  "first-ask": ["Ask opens with a question that only reads. Whatever could change something waits for your approval."],
  "menu-bar": [
    "Show Status keeps in the menu bar what waits for you, what runs, and Stop Everything. It looks every minute.",
    "With the preference “Menu Bar”, the helper has it look within a second. Raycast asks about that once: choose Always Open.",
  ],
  hotkey: [
    "A hotkey opens Ask from everywhere. Raycast alone can assign it, and nobody else can see it: in Raycast Settings > Extensions > loopd > Ask, choose Record Hotkey, and press the keys that you want, such as Option-Space.",
  ],
};

/** How the guarded folders were found, in a few words. */
export function folderWords(folders: readonly FolderRow[]): string {
  const words = { open: "open", refused: "refused", missing: "not there" };
  return folders.map(({ name, state }) => `${name}: ${words[state]}`).join(", ");
}
