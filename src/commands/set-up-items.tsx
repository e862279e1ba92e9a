import { Action, ActionPanel, Icon, List, openCommandPreferences, openExtensionPreferences } from "@raycast/api";
import type { ReactNode } from "react";
import type { Connection } from "../protocol/connect.ts";
import { openAsk } from "./open-ask.ts";
import type { SetUpId, SetUpItem, SetUpMarks } from "./present/set-up-items.ts";
import { ACCESSIBILITY, askForFolders, askForScreen, FOLDERS, SAMPLE, showInMenuBar } from "./set-up-deeds.ts";
import { FoundEndpoints } from "./set-up-endpoints.tsx";
import { standingProps } from "./set-up-icons.ts";

/** What the actions of an item work with. */
interface Desk {
  request: Connection["request"];
  /** Whether there is a helper to ask. */
  isUp: boolean;
  marks: SetUpMarks;
  keep(marks: SetUpMarks): Promise<void>;
  /** Has the items looked at again. */
  reload(): void;
}

/** What a person does once the helper runs. `others`: actions that every line has. */
export function SetUpItems(props: { items: readonly SetUpItem[]; desk: Desk; others: ReactNode }) {
  const { items, desk, others } = props;
  return (
    <List.Section title="First Steps" subtitle={`${items.filter(({ isDone }) => isDone).length} of ${items.length}`}>
      {items.map((item) => (
        <List.Item
          key={item.id}
          id={item.id}
          title={item.title}
          {...standingProps(item.standing)}
          detail={<List.Item.Detail markdown={item.markdown} />}
          actions={
            <ActionPanel>
              {actions[item.id](desk)}
              <MarkAction item={item} desk={desk} />
              {others}
            </ActionPanel>
          }
        />
      ))}
    </List.Section>
  );
}

/** What nobody can look at, or somebody can do without, a person ticks off. */
function MarkAction({ item: { id, isDone }, desk }: { item: SetUpItem; desk: Desk }) {
  const { marks, keep } = desk;
  const mark = marks.marks[id];
  const set = (value: "done" | "skipped" | undefined) => keep({ ...marks, marks: { ...marks.marks, [id]: value } });
  if (mark === "skipped" || (id === "hotkey" && isDone)) {
    return <Action title="Mark as to Do" icon={Icon.Circle} onAction={() => set(undefined)} />;
  }
  if (isDone) return null;
  return (
    <>
      {id === "hotkey" && <Action title="Mark as Done" icon={Icon.CheckCircle} onAction={() => set("done")} />}
      <Action title="Skip for Now" icon={Icon.Forward} onAction={() => set("skipped")} />
    </>
  );
}

const preferences = <Action title="Open Preferences" icon={Icon.Gear} onAction={openExtensionPreferences} />;

const actions: Record<SetUpId, (desk: Desk) => ReactNode> = {
  endpoint: ({ isUp, request, reload }) => (
    <>
      {isUp && (
        <Action.Push
          title="Find Model on This Machine"
          icon={Icon.MagnifyingGlass}
          target={<FoundEndpoints request={request} onUsed={reload} />}
        />
      )}
      {preferences}
    </>
  ),
  windows: ({ isUp, request, reload }) => (
    <>
      {isUp && (
        <Action
          title="Ask for Permission"
          icon={Icon.Eye}
          onAction={async () => {
            await askForScreen(request);
            reload();
          }}
        />
      )}
      <Action.Open title="Open Accessibility Settings" icon={Icon.Gear} target={ACCESSIBILITY} />
    </>
  ),
  folders: ({ isUp, request, marks, keep }) => (
    <>
      {isUp && (
        <Action
          title="Look into Folders…"
          icon={Icon.Folder}
          onAction={async () => {
            const folders = await askForFolders(request);
            if (folders !== undefined) await keep({ ...marks, folders });
          }}
        />
      )}
      <Action.Open title="Open Files and Folders Settings" icon={Icon.Gear} target={FOLDERS} />
    </>
  ),
  "first-ask": ({ isUp }) =>
    isUp && (
      <Action title="Ask a First Question" icon={Icon.SpeechBubble} onAction={() => openAsk({ question: SAMPLE })} />
    ),
  "menu-bar": ({ marks, keep }) => (
    <>
      <Action
        title="Show Status in Menu Bar"
        icon={Icon.AppWindowSidebarRight}
        onAction={async () => {
          await keep({ ...marks, marks: { ...marks.marks, "menu-bar": "done" } });
          await showInMenuBar();
        }}
      />
      {preferences}
    </>
  ),
  hotkey: () => <Action title="Open Command Settings" icon={Icon.Keyboard} onAction={openCommandPreferences} />,
};
