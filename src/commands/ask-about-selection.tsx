import { Action, ActionPanel, Detail, Icon, Keyboard, List } from "@raycast/api";
import { usePromise } from "@raycast/utils";
import { useState } from "react";
import { AskScreens, newTurn } from "./ask-screens.tsx";
import type { TurnTarget } from "./follow-turn.ts";
import { HelperProblemView } from "./helper-problem.tsx";
import { openAsk } from "./open-ask.ts";
import { titleWhile } from "./present/helper-problem.ts";
import { workspaceFolder } from "./preferences.ts";
import { type Material, readMaterial } from "./read-selection.ts";
import { SelectionForm } from "./selection-form.tsx";
import { useLive } from "./use-live.ts";

/** Asks about the text that is selected in the application in front. */
export default function AskAboutSelection() {
  const { state, remedy, request, reload } = useLive({
    key: "start",
    staleOn: [],
    load: async (ask) => (await ask("endpoint.list", {})).endpoints,
  });
  const [from, setFrom] = useState<"selection" | "clipboard">("selection");
  const { data: material, isLoading, revalidate } = usePromise(readMaterial, [from]);
  const [target, setTarget] = useState<TurnTarget>();
  if (state.type === "problem") return <HelperProblemView problem={state.problem} onRemedy={remedy} />;
  if (state.type === "opening" || isLoading || material === undefined) return <Detail isLoading markdown="" />;
  if (target !== undefined) {
    const start = { endpoints: state.value, last: undefined, screen: { type: "turn" as const, target } };
    const link = { request, isReconnecting: state.isReconnecting };
    return <AskScreens start={start} link={link} onReload={reload} />;
  }
  if (material.type === "nothing") {
    const onClipboard = from === "clipboard" ? undefined : () => setFrom("clipboard");
    return <NothingSelected why={material.why} onClipboard={onClipboard} onAgain={revalidate} />;
  }
  return (
    <SelectionForm
      title={titleWhile("Ask About Selection", state)}
      selection={material.selection}
      onAsk={(input) => setTarget(newTurn({ input, workspace: workspaceFolder() }))}
    />
  );
}

/** Shown instead of the form. The clipboard may hold a password: it is read only when the person says so. */
function NothingSelected(props: {
  why: Extract<Material, { type: "nothing" }>["why"];
  onClipboard: (() => void) | undefined;
  onAgain: () => void;
}) {
  return (
    <List searchBarPlaceholder="">
      <List.EmptyView
        icon={Icon.TextCursor}
        title={props.onClipboard === undefined ? "No Text on the Clipboard" : "Nothing Is Selected"}
        description={props.why}
        actions={
          <ActionPanel>
            {props.onClipboard && <Action title="Use Clipboard" icon={Icon.Clipboard} onAction={props.onClipboard} />}
            <Action
              title="Look Again"
              icon={Icon.ArrowClockwise}
              shortcut={Keyboard.Shortcut.Common.Refresh}
              onAction={props.onAgain}
            />
            <Action title="Ask Without It" icon={Icon.SpeechBubble} onAction={() => openAsk({})} />
          </ActionPanel>
        }
      />
    </List>
  );
}
