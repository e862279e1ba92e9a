import { Action, ActionPanel, Color, Icon, Keyboard, List } from "@raycast/api";
import { usePromise } from "@raycast/utils";
import { asLoopdError } from "../protocol/errors.ts";
import type { Check } from "../protocol/requests.ts";
import { installationChecks } from "./install-program.ts";
import { openHelper } from "./open-helper.ts";
import { presentChecks } from "./present/set-up.ts";
import { CLIENT, helperProgram } from "./raycast-helper.ts";

const icons: Record<Check["state"], Icon> = { ok: Icon.CheckCircle, warning: Icon.Warning, failed: Icon.XMarkCircle };

/** Everything that loopd needs from this machine, and how to mend what is wrong. Starts nothing. */
export function Doctor() {
  const { data, isLoading, revalidate } = usePromise(loadChecks);
  return (
    <List
      navigationTitle="Doctor"
      isLoading={isLoading}
      isShowingDetail={data !== undefined}
      searchBarPlaceholder="Search What Was Looked At"
    >
      {presentChecks(data ?? []).map(({ id, name, state, tag, markdown, mend }) => (
        <List.Item
          key={id}
          id={id}
          title={name}
          icon={{ source: icons[state], tintColor: Color[tag.tint] }}
          accessories={[{ tag: { value: tag.text, color: Color[tag.tint] } }]}
          detail={<List.Item.Detail markdown={markdown} />}
          actions={
            <ActionPanel>
              {mend !== undefined && <Action.CopyToClipboard title="Copy What Mends It" content={mend} />}
              <Action
                title="Look Again"
                icon={Icon.ArrowClockwise}
                shortcut={Keyboard.Shortcut.Common.Refresh}
                onAction={revalidate}
              />
            </ActionPanel>
          }
        />
      ))}
    </List>
  );
}

async function loadChecks(): Promise<Check[]> {
  const found = await Promise.all([helperChecks(), installationChecks(helperProgram())]);
  return found.flat();
}

async function helperChecks(): Promise<Check[]> {
  try {
    const connection = await openHelper({ ...helperProgram(), client: CLIENT, start: "never" }, () => {});
    const { checks } = await connection.request("helper.doctor", {}).finally(() => connection.close());
    return checks;
  } catch (thrown) {
    const { message } = asLoopdError(thrown);
    return [{ name: "helper", state: "failed", detail: message, mend: "loopd helper run   # shows it fail" }];
  }
}
