import { distance } from "fastest-levenshtein";
import { LoopdError } from "../../src/protocol/errors.ts";

/** How many names are offered for one that is not known. */
const OFFERED = 3;

/**
 * A time zone by its IANA name, in the usual case: `europe/berlin` is `Europe/Berlin`. Old and new names of one zone are
 * both kept as they were said (`Europe/Kiev`, `Europe/Kyiv`). Throws a LoopdError `invalid-params` with the nearest names
 * for one that this system does not know, and for a bare offset, which knows nothing of summer time.
 */
export function zoneNamed(name: string): string {
  const said = name.trim();
  const known = /^[+-]|^(utc|gmt)[+-]/i.test(said) ? undefined : canonicalName(said);
  if (known !== undefined) return known;
  const why = /\d:?\d*$/.test(said) ? " (a bare offset knows nothing of summer time)" : "";
  const near = nearZones(said).join(", ");
  throw new LoopdError(
    "invalid-params",
    `There is no time zone ${JSON.stringify(said.slice(0, 100))}${why}. Zones are named by region and city; the nearest names are ${near}.`,
  );
}

function canonicalName(said: string): string | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat("en-US", { timeZone: said }).resolvedOptions();
    return timeZone.toLowerCase() === said.toLowerCase() ? timeZone : said;
  } catch {
    return undefined;
  }
}

/** Names whose city or whole spelling is nearest: `Berlin` and `Europe/Belrin` both find `Europe/Berlin`. */
function nearZones(said: string): string[] {
  const wanted = said.slice(0, 100).toLowerCase();
  const city = cityOf(wanted);
  const names = Intl.supportedValuesOf("timeZone").map((name) => {
    const byCity = distance(city, cityOf(name.toLowerCase()));
    return { name, byCity, whole: distance(wanted, name.toLowerCase()) };
  });
  names.sort((a, b) => Math.min(a.byCity, a.whole) - Math.min(b.byCity, b.whole) || a.whole - b.whole);
  return names.slice(0, OFFERED).map(({ name }) => name);
}

function cityOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1).replaceAll(" ", "_");
}
