import type { ReactNode } from "react";
import { valuesOf } from "./form.ts";
import type { Instance } from "./reconciler.ts";

/** What an action may set in motion. */
export interface Reach {
  push(element: ReactNode, onPop?: () => void): void;
  copy(content: unknown): Promise<void>;
  paste(content: unknown): Promise<void>;
  open(target: string): Promise<void>;
  tell(what: "quicklink" | "trash", value: unknown): Promise<void>;
}

type Callback = ((value?: unknown) => unknown) | undefined;

/** Does what Raycast does when the person chooses this action, and waits for its handler. */
export async function perform(action: Instance, screen: Instance, value: unknown, reach: Reach): Promise<void> {
  const { props } = action;
  const call = async (name: string, argument?: unknown) => {
    await (props[name] as Callback)?.(argument);
  };
  switch (action.type) {
    case "Action":
      return call("onAction");
    case "Action.CopyToClipboard":
      await reach.copy(props["content"]);
      return call("onCopy", props["content"]);
    case "Action.Paste":
      await reach.paste(props["content"]);
      return call("onPaste", props["content"]);
    case "Action.OpenInBrowser":
      await reach.open(String(props["url"]));
      return call("onOpen", props["url"]);
    case "Action.Open":
      await reach.open(String(props["target"]));
      return call("onOpen", props["target"]);
    case "Action.OpenWith":
      await reach.open(String(props["path"]));
      return call("onOpen", props["path"]);
    case "Action.ShowInFinder":
      await reach.open(String(props["path"]));
      return call("onShow", props["path"]);
    case "Action.Trash":
      await reach.tell("trash", props["paths"]);
      return call("onTrash", props["paths"]);
    case "Action.CreateQuicklink":
      return reach.tell("quicklink", props["quicklink"]);
    case "Action.PickDate":
      return call("onChange", value ?? null);
    case "Action.Push":
      reach.push(props["target"] as ReactNode, props["onPop"] as () => void);
      return call("onPush");
    case "Action.SubmitForm":
      return call("onSubmit", valuesOf(screen));
    case "MenuBarExtra.Item":
      return call("onAction", { type: value === "right-click" ? "right-click" : "left-click" });
    default:
      throw new Error(`The host cannot do ${action.type} yet.`);
  }
}
