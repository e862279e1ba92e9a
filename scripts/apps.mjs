// Reads and operates real programs on displays of the tests' own. `npm test` leaves them out unless LOOPD_CI=1. They need from
// Debian: xvfb, dbus-daemon, at-spi2-core, libatk-adaptor, libgail-common, xdotool, python3-gi, gir1.2-gtk-3.0, gir1.2-gtk-4.0, chromium,
// galculator, gnome-calculator, mousepad, gedit, zenity, pcmanfm, featherpad, maim. LOOPD_APPS=long adds libreoffice-calc and
// libreoffice-gtk3, which take a minute and 400 MB.
process.env.LOOPD_APPS ??= "1";
process.argv.splice(2, Infinity, "--project", "apps");
await import("./test.mjs");
