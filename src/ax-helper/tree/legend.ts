/** The format, for the description of the tool that shows screens. */
export const SCREEN_LEGEND =
  "First line: app | window. Then one line per row, cells split by |. A control is REF+flags name=value; " +
  "REF's letter: b button, k check, o option, t text, n number, p popup, l link, m menu, x tab, s slider, i item. " +
  "Flags: * focused, + on, - off, ! disabled, > collapsed, v expanded, ~ read-only. …+N: N characters cut. " +
  "iN> … hidden: screen_expand it. A diff lists only changed, new and gone controls.";
