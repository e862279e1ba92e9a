#include "disclaim.h"

#include "mac.h"

/* Tells the second start from the first. Whoever passes it by hand only keeps the responsibility that is there. */
static const char AGAIN[] = "--disclaimed";

const char *disclaim(int count, char *const arguments[], char *const environment[]) {
  if (count > 1 && strcmp(arguments[1], AGAIN) == 0) return "self";
  int (*set_disclaim)(posix_spawnattr_t *, int);
  void *found = dlsym(RTLD_DEFAULT, "responsibility_spawnattrs_setdisclaim");
  if (found == NULL) return "unavailable";
  memcpy(&set_disclaim, &found, sizeof set_disclaim);

  char path[4096];
  uint32_t size = sizeof path;
  posix_spawnattr_t attributes;
  if (_NSGetExecutablePath(path, &size) != 0 || posix_spawnattr_init(&attributes) != 0) return "failed";
  char again[sizeof AGAIN];
  memcpy(again, AGAIN, sizeof AGAIN);
  char *const next[] = {path, again, NULL};
  if (set_disclaim(&attributes, 1) == 0 && posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETEXEC) == 0) {
    posix_spawn(NULL, path, NULL, &attributes, next, environment);
  }
  posix_spawnattr_destroy(&attributes);
  return "failed";
}
