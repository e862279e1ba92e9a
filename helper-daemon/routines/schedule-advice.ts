/** What somebody means who writes so, and how it is written. The first that fits is told. */
const ADVICE: readonly [RegExp, string][] = [
  [
    /\bother\b|fortnight|bi-?weekly|\bevery (two|2)nd\b/i,
    'Every other one is "every 2 weeks" or "every 2 days", counted from now on; a weekday comes each week ("fridays at 9:00").',
  ],
  [
    /^(now|immediately|asap|at once)$/i,
    'The nearest is "in 1 minute". One that there is runs at once: loopd routines run NAME',
  ],
  [
    /^\d+(\.\d+)?\s*(m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$|^(in|every) \d+$/i,
    'Once: "in 20 minutes". Again and again: "every 20 minutes".',
  ],
  [/\b(boot|reboot|startup|start-up)\b/i, "Nothing runs before you log in: write login."],
  [/\b(wak(e|es|ing)|lid)\b/i, "When this machine has slept and wakes: write wake."],
  [/\b(log|sign)s?[ -]?(in|ged)\b/i, "When you log in: write login."],
  [/\b24:00\b/, "The day ends with the next day's 0:00, or midnight."],
  [
    /\b\d{1,2}([./])\d{1,2}\1\d{2,4}\b|\b\d{1,2}\/\d{1,2}\b|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b/i,
    "A date is written 2027-01-31T09:00; one that comes every year is a cron: 0 18 24 12 *",
  ],
  [/(^|\s)[~/]\S*|\bfiles?\b|\bfolders?\b/i, "When files change: file ~/Downloads/*.pdf"],
  [/\b(year|yearly|annually|quarterly|months)\b/i, "What comes every few months or every year is a cron: 0 9 1 */3 *"],
  [
    /\b(cet|cest|est|edt|cst|cdt|mst|mdt|pst|pdt|bst|ist|jst|[+-]\d{2}:?\d{2})\b|\s[+-]\d{2}:\d{2}/i,
    "A zone is named by region and city, which knows of summer time: daily at 9:00 America/New_York",
  ],
  [/\b(quarter|half)\s+(past|to)\b/i, "A time is written 9:00, 21:30 or 9am."],
  [
    /\bbetween\b|\bfrom\b|\d\s*-\s*\d|\bexcept\b|\bnot\b|\bhour(ly)?\b|\bpast\b/i,
    "Hours of the day, and days left out, are a cron: */30 9-17 * * mon-fri is every 30 minutes from 9:00 to 17:30 on weekdays.",
  ],
  [
    /\b(morning|evening|afternoon|night|noonish|tonight)\b/i,
    'Which time is that? For example "daily at 8:00" or "tomorrow 20:00".',
  ],
  [/\bwork(ing)? ?days?\b|\bbusiness days?\b/i, 'Monday to Friday: "weekdays at 9:00".'],
  [/\d[.h]\d{2}\b|\b\d{3,4}\b|\s\d{1,2}$|^\d{1,2}\s|\b\d{1,2}\s?(h|uhr)\b/i, "A time is written 9:00, 21:30 or 9am."],
  [/[^\p{ASCII}]/u, "Schedules are read in English."],
];

/** How to write what a schedule seems to mean that was not understood; empty where nobody can tell. */
export function adviceFor(said: string): string {
  return ADVICE.find(([ways]) => ways.test(said))?.[1] ?? "";
}
