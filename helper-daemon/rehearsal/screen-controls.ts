/** A control as a screen's text shows it. */
export interface ShownControl {
  ref: string;
  flags: string;
  name: string;
  value?: string;
}

const CELL = /^([a-z]\d+)([*+\-!>v~]*)(?:[ =]|$)/;
/** Letters of controls that may have a value behind their name. */
const VALUED = /^[tnps]/;

/** The controls in texts of one window's screens and of what changed on them: each as it was shown last. */
export function shownControls(texts: readonly string[]): ShownControl[] {
  const known = new Map<string, ShownControl>();
  for (const line of texts.flatMap((text) => text.split("\n"))) {
    const cells = line.replace(/^(?:new|gone): /, "").split(" | ");
    for (const control of cells.flatMap((cell) => readControl(cell) ?? [])) {
      if (line.startsWith("gone: ")) known.delete(control.ref);
      else known.set(control.ref, control);
    }
  }
  return [...known.values()];
}

function readControl(cell: string): ShownControl | undefined {
  const [, ref = "", flags = ""] = CELL.exec(cell) ?? [];
  if (ref === "") return undefined;
  const rest = cell.slice(ref.length + flags.length);
  const at = VALUED.test(ref) ? rest.indexOf("=") : -1;
  const name = rest.slice(0, at === -1 ? undefined : at).trim();
  return { ref, flags, name, ...(at === -1 ? {} : { value: rest.slice(at + 1) }) };
}
