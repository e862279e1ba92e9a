import { rmSync } from "node:fs";
import { expect, onTestFinished } from "vitest";
import { ask } from "../../../fakes/conversation.ts";
import { approveEverything } from "../../../fakes/helper.ts";
import { journey } from "../../../fakes/journey.ts";
import { endOfCall, order, orderedCall } from "../../../fakes/ordered-call.ts";
import { world } from "../../../tools/world.ts";
import { World } from "../../native/world.ts";
import { deskTest as test, writeMac } from "./desk.ts";

/* What a model sees and does of a Mac: through the tools alone, and through the whole helper. */

/** A program whose button brings up a dialog, in front of another one. */
function mail() {
  const mac = new World();
  const { app, window, bar } = mac.app("Mail", { title: "New Message" });
  mac.add(window, "AXTextField", { AXTitle: "Subject", AXValue: "", AXNumberOfCharacters: 0 });
  mac.add(window, "AXTextField", { AXTitle: "Password", AXSubrole: "AXSecureTextField", AXValue: "swordfish" });
  const send = mac.add(window, "AXButton", { AXTitle: "Send" }, { actions: ["AXPress"] });
  const dialog = mac.add(app, "AXWindow", { AXTitle: "No recipient", AXModal: true }, { dead: true });
  mac.add(dialog, "AXStaticText", { AXValue: "Send without a recipient?" });
  mac.add(dialog, "AXButton", { AXTitle: "Cancel" }, { actions: ["AXPress"] });
  mac.node(app).attributes["AXWindows"] = { elements: [window, dialog] };
  mac.node(send).effects = [
    { node: dialog, name: "dead", value: false },
    { node: app, name: "AXFocusedWindow", value: { element: dialog } },
  ];
  const menu = mac.add(mac.add(bar, "AXMenuBarItem", { AXTitle: "File" }), "AXMenu");
  mac.add(menu, "AXMenuItem", { AXTitle: "Save As…" }, { actions: ["AXPress"] });
  mac.app("Notes", { title: "Shopping" });
  const { program, folder } = writeMac(mac);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return `mac:${program}`;
}

const refOf = (text: string, pattern: RegExp) => pattern.exec(text)?.[1] ?? "none";

test("through the tools: a window is read, a field set and verified, and the dialog that a press brings up is shown", async () => {
  const { call, facts } = await world({ screen: mail() });
  const read = await call("screen_read", {});
  expect(read).toMatchObject({ kind: "ok", sight: { app: "Mail", window: "New Message", isFull: true } });
  expect(read.text).not.toContain("swordfish");
  const subject = refOf(read.text, /(t\d+)\S* Subject/);
  const set = await call("screen_act", { ref: subject, action: "set", text: "Grüße 😀" });
  expect(set.text).toMatch(/^Done and verified\.\n/);
  expect(set.text).toContain(`${subject} Subject=Grüße 😀`);

  const send = refOf(read.text, /(b\d+) Send/);
  expect(await facts("screen_act", { ref: send, action: "press" })).toMatchObject({
    app: "Mail",
    window: "New Message",
    control: { action: "press", role: "push button", name: "Send" },
  });
  const secret = { ref: refOf(read.text, /(t\d+)\S* Password/), action: "type", text: "hunter2" };
  expect(await facts("screen_act", secret)).toMatchObject({ isSecure: true });
  const pressed = await call("screen_act", { ref: send, action: "press" });
  expect(pressed).toMatchObject({ kind: "ok", sight: { window: "No recipient" } });
  expect(pressed.text).toMatch(/Send without a recipient\?[^]*Cancel/);
  const other = await call("screen_read", { app: "notes" });
  expect(other.sight).toMatchObject({ app: "Notes", window: "Shopping" });
  // The references of the window that was read before still stand.
  expect(await call("screen_act", { ref: subject, action: "set", text: "Again" })).toMatchObject({ kind: "ok" });
});

test("through the helper: read, approve, act, and what changed", async () => {
  const { face, helper, workspace } = await journey(orderedCall, { environment: { LOOPD_SCREEN_BACKEND: mail() } });
  await approveEverything(helper);
  const first = await ask(face, undefined, order("screen_read", { app: "mail" }), workspace);
  const read = endOfCall(face, first.turn);
  expect(read).toMatchObject({ outcome: "ok", sight: { app: "Mail", isFull: true }, taints: ["screen Mail"] });
  const ref = refOf(read.text, /(t\d+)\S* Subject/);
  const second = await ask(face, first.session, order("screen_act", { ref, action: "set", text: "Ada" }));
  expect(endOfCall(face, second.turn)).toMatchObject({
    outcome: "ok",
    text: `Done and verified.\ndiff 1\n${ref} Subject=Ada`,
  });
  const menu = refOf(read.text, /(m\d+) File/);
  const third = await ask(
    face,
    first.session,
    order("screen_act", { ref: menu, action: "menu", path: ["File", "Save As"] }),
  );
  expect(endOfCall(face, third.turn)).toMatchObject({ outcome: "ok" });
  const cards = face.entries.filter((entry) => entry.kind === "card.opened");
  expect(cards.length).toBeGreaterThan(0);
});
