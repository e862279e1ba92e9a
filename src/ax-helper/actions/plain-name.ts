/** A name of a menu item or an option as people compare names: without case, dots at its end and more than one space. */
export function plainName(name: string): string {
  return name
    .replaceAll(/(\.\.\.|\u2026)\s*$/g, "")
    .replaceAll(/\s+/g, " ")
    .trim()
    .toLowerCase();
}
