// Reads and operates real programs on a display of the tests' own. Needs xvfb, dbus-daemon, at-spi2-core, libatk-adaptor,
// xdotool, chromium, galculator, mousepad, gedit, zenity, pcmanfm and featherpad from Debian; not part of `npm test` yet.
process.env.LOOPD_APPS = "1";
process.argv.splice(2, Infinity, "test/ax-helper/atspi");
await import("./test.mjs");
