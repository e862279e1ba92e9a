import { Action, ActionPanel, confirmAlert, Icon, Keyboard, List, openExtensionPreferences } from "@raycast/api";
import { showFailureToast, usePromise } from "@raycast/utils";
import type { Connection } from "../protocol/connect.ts";
import type { FoundEndpoint } from "../protocol/endpoint-profile.ts";
import type { LoopdError } from "../protocol/errors.ts";
import { adoptEndpoint, isNewEndpoint, portsFrom } from "./adopt-endpoint.ts";
import { presentFound } from "./present/found-endpoint.ts";
import { withToast } from "./with-toast.ts";

/** The model runtimes on this machine. One is used as soon as the person says so, and not before. */
export function FoundEndpoints(props: { request: Connection["request"]; onUsed: () => void }) {
  const { request, onUsed } = props;
  const { data, isLoading, revalidate } = usePromise(
    async () => {
      const ports = portsFrom(process.env["LOOPD_DETECT_PORTS"], "LOOPD_DETECT_PORTS");
      return (await request("endpoint.detect", { ports })).found;
    },
    [],
    { failureToastOptions: { title: "This Machine Could Not Be Searched" } },
  );
  const use = async (found: FoundEndpoint) => {
    if (await useEndpoint(request, found)) onUsed();
    revalidate();
  };
  const others = (
    <>
      <Action
        title="Look Again"
        icon={Icon.ArrowClockwise}
        shortcut={Keyboard.Shortcut.Common.Refresh}
        onAction={revalidate}
      />
      <Action title="Open Preferences" icon={Icon.Gear} onAction={openExtensionPreferences} />
    </>
  );
  return (
    <List navigationTitle="Models on This Machine" isLoading={isLoading} searchBarPlaceholder="Search Models">
      {!isLoading && (
        <List.EmptyView
          icon={Icon.MagnifyingGlass}
          title="No Model Runs on This Machine"
          description="Start one, such as llama-server or Ollama, and look again. One elsewhere is filled in in the preferences."
          actions={<ActionPanel>{others}</ActionPanel>}
        />
      )}
      {(data ?? []).map((found) => {
        const { title, subtitle, known } = presentFound(found);
        return (
          <List.Item
            key={found.url}
            id={found.url}
            icon={Icon.ComputerChip}
            title={title}
            subtitle={subtitle}
            accessories={[{ text: known }]}
            actions={
              <ActionPanel>
                {isNewEndpoint(found) && (
                  <Action title="Use This Model" icon={Icon.Check} onAction={() => use(found)} />
                )}
                {others}
              </ActionPanel>
            }
          />
        );
      })}
    </List>
  );
}

/** Resolves with whether it is used now. */
async function useEndpoint(request: Connection["request"], found: FoundEndpoint): Promise<boolean> {
  const { question, title } = presentFound(found);
  if (!(await confirmAlert({ ...question, icon: Icon.ComputerChip, primaryAction: { title: "Use" } }))) return false;
  const words = { doing: "Asking it a few short questions…", done: "loopd asks it", failed: "It Was Not Added" };
  let problem: LoopdError | undefined;
  const isAdded = await withToast(words, async () => {
    ({ problem } = await adoptEndpoint(request, found, () => {}));
    return title;
  });
  if (problem !== undefined) await showFailureToast(problem, { title: "Added, but It Does Not Work Yet" });
  return isAdded;
}
