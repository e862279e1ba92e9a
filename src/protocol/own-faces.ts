/** Programs in which loopd itself is answered: whoever drives one of them can answer its cards. */
export const OWN_FACES: readonly string[] = ["Raycast", "Raycast Beta", "Raycast Internal", "loopd"];

/** Terminals whose name does not say so. */
const TERMINALS: ReadonlySet<string> = new Set(
  [
    "alacritty console cool-retro-term foot footclient ghostty guake hyper kgx kitty konsole ptyxis rio",
    "rxvt sakura st tabby terminator terminology tilda tilix urxvt warp wave yakuake",
  ].flatMap((line) => line.split(" ")),
);

/** One spelling for each application: `/Applications/Raycast.app` is `raycast`. */
export function appKey(app: string): string {
  const name = app.trim().normalize("NFC").toLowerCase();
  return name.slice(name.lastIndexOf("/") + 1).replace(/\.(?:app|desktop)$/, "");
}

/**
 * Whether an application runs what is typed into it: keys there are commands, and could answer a card that another window
 * of it shows. By its name, so an editor with a terminal in it is none.
 */
export function isTerminal(app: string): boolean {
  const key = appKey(app);
  return (
    /term(?:inal)?(?:2|emulator)?(?:-\w+)?$/.test(key) ||
    TERMINALS.has(key) ||
    TERMINALS.has(key.split(/[-. ]/)[0] ?? "")
  );
}

/** Whether an application is one in which loopd is answered. */
export function isOwnFace(app: string): boolean {
  return OWN_FACES.some((face) => appKey(face) === appKey(app));
}
