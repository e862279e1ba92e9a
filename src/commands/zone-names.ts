/** IANA names of the zones that this system knows, the given one first. */
export function zoneNames(first: string): string[] {
  return [...new Set([first, "UTC", ...Intl.supportedValuesOf("timeZone")])];
}
