import { Action, ActionPanel, Icon, List } from "@raycast/api";
import { join } from "node:path";
import type { ReactNode } from "react";
import type { InstallHead } from "./present/install-head.ts";
import { type Mend, presentMends } from "./present/install-mends.ts";
import type { SetUpLine } from "./present/install-steps.ts";
import { helperProgram } from "./raycast-helper.ts";
import { Doctor } from "./set-up-doctor.tsx";
import { standingProps } from "./set-up-icons.ts";
import type { Installer } from "./use-installer.ts";

/** The helper as a whole, and each step of its installation. `start`: what starts one that does not run. */
export function InstallSteps(props: {
  head: InstallHead;
  lines: readonly SetUpLine[];
  installer: Installer;
  start: ReactNode;
  others: ReactNode;
}) {
  const { head, lines, installer, start, others } = props;
  const panel = (
    <ActionPanel>
      <InstallActions head={head} installer={installer} start={start} />
      {others}
    </ActionPanel>
  );
  return (
    <List.Section title="Helper">
      {[head, ...lines].map((line) => (
        <List.Item
          key={line.id}
          id={line.id}
          title={line.title}
          {...standingProps(line.standing)}
          detail={<List.Item.Detail markdown={line.markdown} />}
          actions={panel}
        />
      ))}
    </List.Section>
  );
}

function InstallActions({ head, installer, start }: { head: InstallHead; installer: Installer; start: ReactNode }) {
  const { known, begin, stop, remove } = installer;
  const type = known?.state.type;
  const mends = known === undefined ? [] : presentMends(known.state, known.installation, logsFolder());
  const doctor = <Action.Push title="Open Doctor" icon={Icon.Heartbeat} target={<Doctor />} />;
  const begins = head.begin !== undefined && <Action title={head.begin} icon={Icon.Download} onAction={begin} />;
  return (
    <>
      {type === "installed" ? start : begins}
      {mends.map((mend) => (
        <MendAction key={mend.title} mend={mend} />
      ))}
      {type === "installed" ? null : start}
      {doctor}
      {type === "installed" && begins}
      {type === "running" && <Action title="Stop Installing" icon={Icon.Stop} onAction={stop} />}
      {known?.installation.installed !== undefined && type !== "running" && (
        <Action title="Uninstall Helper…" icon={Icon.Trash} style={Action.Style.Destructive} onAction={remove} />
      )}
    </>
  );
}

function MendAction({ mend }: { mend: Mend }) {
  if (mend.type === "copy") return <Action.CopyToClipboard title={mend.title} content={mend.content} />;
  if (mend.target.startsWith("https:")) return <Action.OpenInBrowser title={mend.title} url={mend.target} />;
  return <Action.Open title={mend.title} icon={Icon.Gear} target={mend.target} />;
}

function logsFolder(): string {
  return join(helperProgram().home, "logs");
}
