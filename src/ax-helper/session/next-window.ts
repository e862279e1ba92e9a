import type { OpenWindow } from "./choose-window.ts";

/** Which window of the same program shows what came of something. Other programs were not asked for. */
export function nextWindow(
  now: readonly OpenWindow[],
  before: readonly OpenWindow[],
  windowId: string,
): OpenWindow | undefined {
  const same = now.find(({ id }) => id === windowId);
  const pid = same?.pid ?? before.find(({ id }) => id === windowId)?.pid;
  const own = now.filter((one) => one.pid === pid);
  const front = own.findLast(({ isActive }) => isActive);
  const isNew = front !== undefined && !before.some(({ id }) => id === front.id);
  if (front !== undefined && (isNew || front.isModal)) return front;
  return same ?? front ?? own.findLast(({ isModal }) => isModal) ?? (own.length === 1 ? own[0] : undefined);
}
