import { Action, ActionPanel, Icon, Keyboard } from "@raycast/api";
import type { ReactElement, ReactNode } from "react";
import type { Connection } from "../protocol/connect.ts";
import type { SessionRow } from "../protocol/requests.ts";
import type { Seq } from "../protocol/values.ts";
import { askLink, openAsk } from "./open-ask.ts";
import { sessionTitle } from "./present/session.ts";
import { clearSession, compactSession, forkSession, undoFiles } from "./session-deeds.ts";
import { SessionTrace } from "./session-trace.tsx";

/** What the actions of a session need. */
interface SessionActionsProps {
  row: Pick<SessionRow, "session" | "title">;
  request: Connection["request"];
  /** Where in it something was found: it can be forked there. */
  at?: Seq;
  /** Actions that only its own page has. */
  children?: ReactNode;
  /** Its own page; absent on that page. */
  detail?: ReactElement;
}

/** The panel of a session. */
export function SessionActions({ row, request, at, children, detail }: SessionActionsProps) {
  const { session } = row;
  const { CopyName, Duplicate, Remove } = Keyboard.Shortcut.Common;
  return (
    <ActionPanel>
      <ActionPanel.Section>
        <Action title="Continue Session" icon={Icon.SpeechBubble} onAction={() => openAsk({ session })} />
        {detail && <Action.Push title="Show Session" icon={Icon.Eye} target={detail} />}
        <Action.Push
          title="Show Trace"
          icon={Icon.List}
          shortcut={{ modifiers: ["cmd"], key: "t" }}
          target={<SessionTrace session={session} title={sessionTitle(row)} />}
        />
        {children}
      </ActionPanel.Section>
      <ActionPanel.Section>
        <Action
          title="Fork"
          icon={Icon.CopyClipboard}
          shortcut={Duplicate}
          onAction={() => forkSession(request, row)}
        />
        {at !== undefined && (
          <Action
            title="Fork from Here"
            icon={Icon.Switch}
            shortcut={{ modifiers: ["cmd", "shift"], key: "f" }}
            onAction={() => forkSession(request, row, at)}
          />
        )}
        <Action
          title="Compact"
          icon={Icon.Minimize}
          shortcut={{ modifiers: ["cmd", "shift"], key: "m" }}
          onAction={() => compactSession(row)}
        />
        <Action
          title="Undo File Changes…"
          icon={Icon.Undo}
          shortcut={{ modifiers: ["cmd", "shift"], key: "u" }}
          onAction={() => undoFiles(request, row)}
        />
        <Action
          title="Clear…"
          icon={Icon.Eraser}
          style={Action.Style.Destructive}
          shortcut={Remove}
          onAction={() => clearSession(request, row)}
        />
      </ActionPanel.Section>
      <ActionPanel.Section>
        <Action.CopyToClipboard title="Copy Session ID" content={session} shortcut={CopyName} />
        <Action.CreateQuicklink
          title="Create Quicklink to Session"
          quicklink={{ name: sessionTitle(row), link: askLink({ session }) }}
          shortcut={{ modifiers: ["cmd", "shift"], key: "l" }}
        />
      </ActionPanel.Section>
    </ActionPanel>
  );
}
