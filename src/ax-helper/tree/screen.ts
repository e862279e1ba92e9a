import type { RoleLetter } from "./roles.ts";

/** Ends the identity of what stands for a folded group: no element has such a one. */
export const FOLD = "\0fold";

/** A control of a window. Its texts are inert lines. */
export interface Control {
  kind: "control";
  letter: RoleLetter;
  /** As captured. */
  role: string;
  name: string;
  /** The name is no more than a description. */
  isDescribed: boolean;
  /** The name in the capture, as it was: what is compared before acting. */
  capturedName: string;
  /** As they are written: `*+-!>v~`. */
  flags: string;
  /** Absent: it has none. */
  value?: string;
  /** It keeps what is typed into it secret. */
  isSecure: boolean;
  /** Names the element as long as it lives; "" without identity. */
  id: string;
  /** Hash of where it is: equal for equal controls of one place. */
  path: number;
}

/** A text that is no control. */
interface Words {
  kind: "words";
  text: string;
}

/** How many controls of a group the screen only counts. */
interface Fold {
  kind: "fold";
  /** Index of the group. */
  group: number;
  count: number;
}

export type Part = Control | Words | Fold;

/** A visual row: controls and texts from left to right. */
export interface Line {
  parts: Part[];
  /** Index of the innermost group that holds all of it; -1 until that is known. */
  group: number;
}

/** A part of a window that can be folded into one line. */
export interface Group {
  role: string;
  name: string;
  id: string;
  path: number;
  /** Index of the group around it; -1 for the window. */
  parent: number;
}

/** A window, normalised: what a person would see of it, row by row. */
export interface Screen {
  app: string;
  title: string;
  /** Names the window as long as it lives. */
  windowId: string;
  /** Elements of the capture. */
  nodes: number;
  lines: Line[];
  /** The groups that lines and folds name, by index in the capture; 0 is the window. */
  groups: Map<number, Group>;
}
