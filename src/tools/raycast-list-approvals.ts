import { listApprovalsForTool } from "../commands/tool-lists.ts";

/** Lists what loopd waits for the person to approve or answer. It cannot be answered from here. */
export default async function listApprovals() {
  return listApprovalsForTool();
}
