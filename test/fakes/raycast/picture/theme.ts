/** Which of Raycast's two looks. */
export type Appearance = "dark" | "light";

/** Colours of one look. */
export interface Theme {
  window: string;
  edge: string;
  bar: string;
  text: string;
  quiet: string;
  faint: string;
  line: string;
  selected: string;
  field: string;
  code: string;
  accent: string;
  panel: string;
}

const THEMES: Readonly<Record<Appearance, Theme>> = {
  dark: {
    ...{ window: "#1e1e20", edge: "#48484b", bar: "#242426", text: "#ededee", quiet: "#9b9ba1", faint: "#6f6f75" },
    ...{ line: "#343437", selected: "#353539", field: "#2a2a2d", code: "#29292c", accent: "#57a6ff", panel: "#2a2a2d" },
  },
  light: {
    ...{ window: "#fbfbfc", edge: "#c9c9ce", bar: "#f3f3f5", text: "#1d1d1f", quiet: "#6b6b72", faint: "#97979d" },
    ...{ line: "#e3e3e7", selected: "#e8e8ec", field: "#ffffff", code: "#f0f0f3", accent: "#0a6cff", panel: "#ffffff" },
  },
};

const COLOURS: Readonly<Record<string, Readonly<Record<Appearance, string>>>> = {
  "raycast-blue": { dark: "#57a6ff", light: "#0a6cff" },
  "raycast-green": { dark: "#5fc77f", light: "#1f8a45" },
  "raycast-magenta": { dark: "#e57ad0", light: "#b32f97" },
  "raycast-orange": { dark: "#f59b55", light: "#c25a00" },
  "raycast-purple": { dark: "#b58cf0", light: "#7a3fd0" },
  "raycast-red": { dark: "#ff7a70", light: "#d0352b" },
  "raycast-yellow": { dark: "#f0c94a", light: "#9a6f00" },
};

export function themeOf(appearance: Appearance): Theme {
  return THEMES[appearance];
}

/** A colour of Raycast, or one with a look for each ground, on this ground. */
export function colourOf(colour: unknown, appearance: Appearance): string | undefined {
  if (typeof colour === "object" && colour !== null)
    return colourOf((colour as Record<string, unknown>)[appearance], appearance);
  if (typeof colour !== "string") return undefined;
  const theme = THEMES[appearance];
  if (colour === "raycast-primary-text") return theme.text;
  if (colour === "raycast-secondary-text") return theme.quiet;
  return COLOURS[colour]?.[appearance] ?? colour;
}
