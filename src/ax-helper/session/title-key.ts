/** What tells a window's title from another one: numbers in it, as of unread mail, and marks of unsaved changes do not. */
export function titleKey(title: string): string {
  return title.toLowerCase().replace(/[\d*\u2022\u25cf()[\]\s]+/gu, "");
}
