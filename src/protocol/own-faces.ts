/** Programs in which loopd itself is answered: whoever drives one of them can answer its cards. */
export const OWN_FACES: readonly string[] = ["Raycast", "Raycast Beta", "Raycast Internal", "loopd"];

/** Terminals whose name does not say so. */
const TERMINALS: ReadonlySet<string> = new Set(
  [
    "alacritty console cool-retro-term foot footclient ghostty guake hyper kgx kitty konsole ptyxis rio",
    "rxvt sakura st tabby terminator terminology tilda tilix urxvt warp wave yakuake",
    "blackbox contour extraterm termius wayst zutty",
  ].flatMap((line) => line.split(" ")),
);

/** Whether a control of this role does something to what has the keyboard, such as Edit > Paste. */
export function isOfMenu(role: string): boolean {
  return /\bmenu item$/.test(role);
}

/** Whether a control of this role runs what is typed into it, in whatever program it is. */
export function isShell(role: string): boolean {
  return role === "terminal";
}

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
  const key = ownName(appKey(app));
  return (
    /term(?:inal)?(?:2|emulator)?(?:-\w+)?$/.test(key) ||
    TERMINALS.has(key) ||
    TERMINALS.has(key.split(/[-. ]/)[0] ?? "")
  );
}

/** Newer programs of GNOME give the name under which they are installed: `org.gnome.Ptyxis`. */
function ownName(key: string): string {
  return /^[\w-]+(?:\.[\w-]+){2,}$/.test(key) ? key.slice(key.lastIndexOf(".") + 1) : key;
}

/** Whether an application is one in which loopd is answered. */
export function isOwnFace(app: string): boolean {
  return OWN_FACES.some((face) => appKey(face) === appKey(app));
}
