import { Alert, confirmAlert, Icon } from "@raycast/api";
import type { Connection } from "../protocol/connect.ts";
import { CLIENT } from "./raycast-helper.ts";
import { withToast } from "./with-toast.ts";

/** Stops a turn, once the person is sure. */
export async function stopTurn(where: {
  session: string;
  turn: string;
  request: Connection["request"];
}): Promise<void> {
  const { session, turn, request } = where;
  const isSure = await confirmAlert({
    title: "Stop this turn?",
    message: "What it has done so far stays done. You can continue in the same session.",
    icon: Icon.Stop,
    primaryAction: { title: "Stop", style: Alert.ActionStyle.Destructive },
  });
  if (!isSure) return;
  await withToast({ doing: "Stopping…", done: "Stopped", failed: "Could Not Stop" }, () =>
    request("turn.cancel", { session, turn, by: CLIENT, why: "stopped in Raycast" }).then(() => undefined),
  );
}
