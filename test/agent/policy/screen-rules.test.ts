import { expect, test } from "vitest";
import { isOwnFace, isTerminal } from "../../../src/protocol/own-faces.ts";
import { type Facts, type Rule, ruleConditionSchema } from "../../../src/protocol/values.ts";
import { reading, rule, send, verdict } from "./screen-world.ts";

const answer = (...args: Parameters<typeof verdict>) => verdict(...args).answer;
const permits = (when: Rule["when"], facts: Facts = send) => answer(facts, [rule("execute", when)]) === "execute";
const forbids = (when: Rule["when"], facts: Facts = send) => answer(facts, [rule("deny", when)]) === "deny";

test.each<[Rule["when"], boolean]>([
  [{ app: "mail" }, true],
  [{ app: ["Notes", "MAIL"] }, true],
  [{ app: "Mail*" }, false],
  [{ window: "New Message*" }, true],
  [{ window: "*to ada" }, true],
  [{ window: ["Inbox", "*MESSAGE*"] }, true],
  [{ window: "Inbox*" }, false],
  [{ control: { name: "send" } }, true],
  [{ control: { name: "S*" } }, true],
  [{ control: { action: "press", role: ["link", "button"], name: "Send" } }, true],
  [{ control: { action: "type", name: "Send" } }, false],
  [{ control: { name: "Delete*" } }, false],
  [{ control: {} }, true],
  [{ app: "Mail", window: "*Message*", control: { name: "Send" } }, true],
  [{ app: "Notes", control: { name: "Send" } }, false],
])("a rule about %j speaks about pressing Send in Mail: %s", (when, isAbout) => {
  expect([permits(when), forbids(when)]).toEqual([isAbout, isAbout]);
});

test("a call without the fact is never one that a rule about it speaks of", () => {
  const elsewhere: Facts = { domains: [], hash: "h" };
  for (const when of [{ app: "Mail" }, { window: "*" }, { control: {} }, { control: { name: "*" } }]) {
    expect([permits(when, elsewhere), forbids(when, elsewhere)]).toEqual([false, false]);
  }
  expect([permits({ control: { name: "*" } }, reading), permits({ window: "*" }, reading)]).toEqual([false, true]);
});

test("what is written differently and looks the same is forbidden all the same; special letters mean themselves", () => {
  const cafe = { ...send, app: "Café", window: "Café", control: { action: "press", role: "button", name: "Café" } };
  const other = "Cafe\u0301";
  for (const when of [{ app: other }, { window: other }, { control: { name: other } }]) {
    expect(forbids(when, cafe)).toBe(true);
  }
  const spelled = { ...send, app: "/Applications/Mail.app" };
  expect([forbids({ app: "mail" }, spelled), permits({ app: "mail" }, spelled)]).toEqual([true, false]);
  const odd = { ...send, window: "a\n[x] (1)" };
  expect([permits({ window: "a*1)" }, odd), permits({ window: "a\n\\[x\\] \\(1\\)" }, odd)]).toEqual([true, true]);
});

test("a misspelled condition is an error that names it", () => {
  const problem = (when: object) => ruleConditionSchema.safeParse(when).error?.issues[0];
  expect(problem({ control: { label: "Send" } })).toMatchObject({ path: ["control"], keys: ["label"] });
  expect(problem({ windows: "x" })).toMatchObject({ path: [], keys: ["windows"] });
  expect(problem({ control: "Send" })).toMatchObject({ path: ["control"] });
});

test.each(["Raycast", "raycast", "Raycast.app", "/Applications/Raycast Beta.app", " RAYCAST ", "loopd"])(
  "no rule, grant or --yes lets anything drive %s, where the person answers loopd; reading it asks",
  (app) => {
    const grant = { scope: "always" as const, covers: [], by: "me", at: "now" };
    const everything: Rule = {
      ...{ id: "g", layer: "grant", decision: "execute", grant },
      when: { tool: ["screen_read", "screen_expand", "screen_wait", "screen_act"], app },
    };
    const rules = [rule("execute", {}), everything];
    const driven = verdict({ ...send, app }, rules, { overrides: { yes: true } });
    expect(driven).toMatchObject({ answer: "deny", ruleId: "floor-own-faces" });
    expect(driven.reason).toContain("answers loopd's questions");
    expect(answer({ ...reading, app })).toBe("requiresApproval");
    expect(isOwnFace(app)).toBe(true);
  },
);

test("reading and driving a window ask by default; a turn that waits for nobody may do neither", () => {
  expect([answer(reading), answer(send)]).toEqual(["requiresApproval", "requiresApproval"]);
  const nobody = { overrides: { approvals: "deny" as const } };
  expect([answer(reading, [], nobody), answer(send, [], nobody)]).toEqual(["deny", "deny"]);
});

test("terminals are known by their names", () => {
  const terminals = [
    "Terminal",
    "iTerm2",
    "xterm",
    "gnome-terminal-server",
    "Konsole",
    "kitty",
    "WezTerm-gui",
    "QTerminal",
    "org.gnome.Ptyxis",
    "org.gnome.Console",
    "com.mitchellh.ghostty",
    "/usr/share/applications/org.kde.konsole.desktop",
    "com.raggesilver.BlackBox",
  ];
  expect(terminals.filter((name) => !isTerminal(name))).toEqual([]);
  expect(["Mail", "galculator", "Determined", "Raycast", "Stickies"].filter(isTerminal)).toEqual([]);
});
