import { expect, test } from "vitest";
import { ScreenView } from "../../../src/ax-helper/tree/screen-view.ts";
import { node } from "./windows.ts";

test.each(["password text", "entry", "combo box", "spin button", "slider", "table cell", "label", "panel"])(
  "what a secure %s holds is never told, also by a backend that has read it",
  (role) => {
    const inside = [node("static", "hunter2", { text: "hunter2" }), node("text leaf", "", { text: "hunter2" })];
    const states = ["enabled", "sensitive", "showing", "visible", "editable", "focusable"];
    const held = { secure: true, text: "hunter2", chars: 7, value: 1234, children: inside, states };
    const field = node(role, "PIN", { ...held, rect: [0, 0, 90, 20] });
    const other = node("push button", "OK", { rect: [0, 50, 50, 20] });
    const tree = node("frame", "Login", { rect: [0, 0, 200, 200], children: [field, other] });
    const view = new ScreenView();
    const { text, screen } = view.look({ app: "Bank", toolkit: "", window: "Login", tree }, undefined);
    expect(text).not.toMatch(/hunter2|1234/);
    expect(text).toContain("OK");
    for (const { ref, name } of screen.controls)
      if (name === "PIN") expect(view.find(ref)?.control).toMatchObject({ isSecure: true, value: "(secret)" });
  },
);
