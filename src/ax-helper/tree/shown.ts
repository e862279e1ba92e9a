/** A part of a line as it is written. */
export interface Cell {
  text: string;
  /** Of a control or a fold. */
  ref?: string;
  role: string;
  name: string;
  value?: string;
  /** Of a fold: how many controls it hides. */
  hides: number;
}

/** A line as it is written. */
export interface ShownLine {
  cells: Cell[];
  bytes: number;
  /** Index of its group. */
  group: number;
  hasFocus: boolean;
}

/** A window as it is written. */
export interface Shown {
  header: string;
  lines: ShownLine[];
}
