import type { CapturedNode } from "../../protocol/screen.ts";
import { nameText } from "./inert-text.ts";

/** What GTK 4 gives as the name of a widget that has none: its class. */
const CLASS_NAME = /^(?:Gtk|Adw|Gdk|Gnome|He)[A-Z][A-Za-z]+$/;
/** Mark-up that Qt leaves in tool tips. */
const TAGS = /<\/?[a-z][^<>]{0,200}>/gi;
/** Names of pictures in a theme; no words of the program. */
const PICTURE = /^[a-z0-9]+(?:-[a-z0-9]+)*-symbolic$/;

/** The name that the program gave to an element, as one inert line; "" if it gave none. */
export function ownName({ name = "" }: CapturedNode): string {
  if (name === "" || CLASS_NAME.test(name)) return "";
  const text = nameText(name);
  // GTK 4 joins the label of a button to itself.
  const half = (text.length - 1) / 2;
  return half >= 1 && text[half] === " " && text.slice(0, half) === text.slice(half + 1) ? text.slice(0, half) : text;
}

/** What a program says of an element beside its name, as one inert line. */
export function description({ desc = "" }: CapturedNode): string {
  return desc === "" ? "" : nameText(desc.includes("<") ? desc.replace(TAGS, " ") : desc);
}

/** Whether a name is that of a picture in the theme. */
export function isPictureName(name: string): boolean {
  return PICTURE.test(name);
}

/** What is compared of two texts, of which one may label the other: no case, no punctuation around. */
export function gist(text: string): string {
  return text.toLowerCase().replace(/^[\s:*]+|[\s:*…]+$/gu, "");
}
