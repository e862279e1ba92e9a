/*
 * The part of macOS that loopd-screen uses, declared by hand so that it builds without Apple's SDK.
 * The C library is declared here too (no libc headers): every prototype is the same on macOS and Linux, where the
 * tests link the program to a stub of the rest (test/ax-helper/native/stub).
 */
#ifndef LOOPD_MAC_H
#define LOOPD_MAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef LOOPD_APPLE_HEADERS
/* On a Mac, to prove that what is declared below is what Apple declares (docs/macos-proof.md). */
#include <ApplicationServices/ApplicationServices.h>
#include <Carbon/Carbon.h>
#include <dlfcn.h>
#include <libproc.h>
#include <mach-o/dyld.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#else

/* libSystem */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
void free(void *block);
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *at, int byte, size_t size);
void *memchr(const void *at, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
char *strstr(const char *text, const char *part);
int snprintf(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
double strtod(const char *text, char **end);
long read(int file, void *to, size_t size);
long write(int file, const void *from, size_t size);
int access(const char *path, int mode);
int usleep(unsigned int microseconds);
int getpid(void);

#define CLOCK_UPTIME_RAW 8
uint64_t clock_gettime_nsec_np(int clock);
int _NSGetExecutablePath(char *path, uint32_t *size);

/* <libproc.h>, flavour PROC_PIDTBSDINFO; the names are Apple's */
#define PROC_PIDTBSDINFO 3
struct proc_bsdinfo {
  uint32_t pbi_flags, pbi_status, pbi_xstatus, pbi_pid, pbi_ppid, pbi_uid, pbi_gid, pbi_ruid, pbi_rgid, pbi_svuid;
  uint32_t pbi_svgid, rfu_1;
  char pbi_comm[16], pbi_name[32];
  uint32_t pbi_nfiles, pbi_pgid, pbi_pjobc, e_tdev, e_tpgid;
  int32_t pbi_nice;
  uint64_t pbi_start_tvsec, pbi_start_tvusec;
};
_Static_assert(sizeof(struct proc_bsdinfo) == 136, "struct proc_bsdinfo of <sys/proc_info.h> has 136 bytes");
int proc_pidinfo(int pid, int flavour, uint64_t argument, void *to, int size);
int proc_pidpath(int pid, void *to, uint32_t size);

/* <spawn.h> and <dlfcn.h>, for the one re-execution in disclaim.c */
#define POSIX_SPAWN_SETEXEC 0x0040
#define RTLD_DEFAULT ((void *)-2)
typedef void *posix_spawnattr_t;
int posix_spawnattr_init(posix_spawnattr_t *attributes);
int posix_spawnattr_destroy(posix_spawnattr_t *attributes);
int posix_spawnattr_setflags(posix_spawnattr_t *attributes, short flags);
int posix_spawn(int *pid, const char *path, const void *actions, const posix_spawnattr_t *attributes,
                char *const arguments[], char *const environment[]);
void *dlsym(void *handle, const char *symbol);

/* CoreFoundation */
typedef const void *CFTypeRef;
typedef const struct __CFString *CFStringRef;
typedef const struct __CFArray *CFArrayRef;
typedef const struct __CFDictionary *CFDictionaryRef;
typedef const struct __CFBoolean *CFBooleanRef;
typedef const struct __CFNumber *CFNumberRef;
typedef const struct __CFURL *CFURLRef;
typedef const struct __CFAttributedString *CFAttributedStringRef;
typedef const struct __CFAllocator *CFAllocatorRef;
typedef long CFIndex;
typedef unsigned long CFTypeID, CFHashCode;
typedef unsigned char Boolean;
typedef struct { CFIndex location, length; } CFRange;
typedef struct { CFIndex version; const void *callbacks[4]; } CFArrayCallBacks;
typedef struct { CFIndex version; const void *callbacks[5]; } CFDictionaryKeyCallBacks;
typedef struct { CFIndex version; const void *callbacks[4]; } CFDictionaryValueCallBacks;
enum { kCFNumberSInt64Type = 4, kCFNumberFloat64Type = 6 };

extern const CFArrayCallBacks kCFTypeArrayCallBacks;
extern const CFDictionaryKeyCallBacks kCFTypeDictionaryKeyCallBacks;
extern const CFDictionaryValueCallBacks kCFTypeDictionaryValueCallBacks;
extern const CFBooleanRef kCFBooleanTrue, kCFBooleanFalse;

CFTypeRef CFRetain(CFTypeRef object);
void CFRelease(CFTypeRef object);
CFTypeID CFGetTypeID(CFTypeRef object);
Boolean CFEqual(CFTypeRef a, CFTypeRef b);
CFHashCode CFHash(CFTypeRef object);
CFTypeID CFStringGetTypeID(void);
CFStringRef CFStringCreateWithCharacters(CFAllocatorRef allocator, const uint16_t *units, CFIndex count);
CFIndex CFStringGetLength(CFStringRef string);
void CFStringGetCharacters(CFStringRef string, CFRange range, uint16_t *to);
CFTypeID CFArrayGetTypeID(void);
CFArrayRef CFArrayCreate(CFAllocatorRef allocator, const void **values, CFIndex count, const CFArrayCallBacks *calls);
CFIndex CFArrayGetCount(CFArrayRef array);
const void *CFArrayGetValueAtIndex(CFArrayRef array, CFIndex index);
CFTypeID CFBooleanGetTypeID(void);
Boolean CFBooleanGetValue(CFBooleanRef boolean);
CFTypeID CFNumberGetTypeID(void);
CFNumberRef CFNumberCreate(CFAllocatorRef allocator, CFIndex type, const void *value);
Boolean CFNumberGetValue(CFNumberRef number, CFIndex type, void *to);
CFTypeID CFDictionaryGetTypeID(void);
const void *CFDictionaryGetValue(CFDictionaryRef dictionary, const void *key);
CFDictionaryRef CFDictionaryCreate(CFAllocatorRef allocator, const void **keys, const void **values, CFIndex count,
                                   const CFDictionaryKeyCallBacks *key_calls,
                                   const CFDictionaryValueCallBacks *value_calls);
CFTypeID CFURLGetTypeID(void);
CFStringRef CFURLGetString(CFURLRef url);
CFTypeID CFAttributedStringGetTypeID(void);
CFStringRef CFAttributedStringGetString(CFAttributedStringRef string);

/* CoreGraphics: points are top-left, in points of the global display space */
typedef struct { double x, y; } CGPoint;
typedef struct { double width, height; } CGSize;
typedef struct { CGPoint origin; CGSize size; } CGRect;
typedef struct __CGEvent *CGEventRef;
typedef struct CGDisplayMode *CGDisplayModeRef;
enum { kCGWindowListOptionAll = 0, kCGWindowListOptionOnScreenOnly = 1, kCGWindowListExcludeDesktopElements = 16 };
enum { kCGHIDEventTap = 0 };
enum { kCGEventLeftMouseDown = 1, kCGEventLeftMouseUp = 2, kCGEventRightMouseDown = 3, kCGEventRightMouseUp = 4,
       kCGEventMouseMoved = 5 };
enum { kCGMouseEventClickState = 1 };

CFArrayRef CGWindowListCopyWindowInfo(uint32_t options, uint32_t relative_to);
bool CGRectMakeWithDictionaryRepresentation(CFDictionaryRef dictionary, CGRect *to);
int32_t CGGetDisplaysWithPoint(CGPoint point, uint32_t most, uint32_t *displays, uint32_t *count);
CGDisplayModeRef CGDisplayCopyDisplayMode(uint32_t display);
void CGDisplayModeRelease(CGDisplayModeRef mode);
size_t CGDisplayModeGetWidth(CGDisplayModeRef mode);
size_t CGDisplayModeGetPixelWidth(CGDisplayModeRef mode);
CGEventRef CGEventCreateKeyboardEvent(const void *source, uint16_t key, bool is_down);
CGEventRef CGEventCreateMouseEvent(const void *source, uint32_t type, CGPoint point, uint32_t button);
void CGEventSetFlags(CGEventRef event, uint64_t flags);
void CGEventSetIntegerValueField(CGEventRef event, uint32_t field, int64_t value);
void CGEventKeyboardSetUnicodeString(CGEventRef event, unsigned long count, const uint16_t *units);
void CGEventPost(uint32_t tap, CGEventRef event);
void CGEventPostToPid(int pid, CGEventRef event);

/* ApplicationServices (HIServices) */
typedef const struct __AXUIElement *AXUIElementRef;
typedef const struct __AXValue *AXValueRef;
typedef int32_t AXError;
enum { kAXErrorSuccess = 0, kAXErrorFailure = -25200, kAXErrorIllegalArgument = -25201,
       kAXErrorInvalidUIElement = -25202, kAXErrorCannotComplete = -25204, kAXErrorAttributeUnsupported = -25205,
       kAXErrorActionUnsupported = -25206, kAXErrorNotImplemented = -25208, kAXErrorAPIDisabled = -25211,
       kAXErrorNoValue = -25212, kAXErrorParameterizedAttributeUnsupported = -25213 };
enum { kAXValueCGPointType = 1, kAXValueCGSizeType = 2, kAXValueCGRectType = 3, kAXValueCFRangeType = 4,
       kAXValueAXErrorType = 5 };
extern const CFStringRef kAXTrustedCheckOptionPrompt;

Boolean AXIsProcessTrusted(void);
Boolean AXIsProcessTrustedWithOptions(CFDictionaryRef options);
CFTypeID AXUIElementGetTypeID(void);
AXUIElementRef AXUIElementCreateSystemWide(void);
AXUIElementRef AXUIElementCreateApplication(int pid);
AXError AXUIElementGetPid(AXUIElementRef element, int *pid);
AXError AXUIElementSetMessagingTimeout(AXUIElementRef element, float seconds);
AXError AXUIElementCopyAttributeValue(AXUIElementRef element, CFStringRef name, CFTypeRef *value);
AXError AXUIElementCopyMultipleAttributeValues(AXUIElementRef element, CFArrayRef names, uint32_t options,
                                               CFArrayRef *values);
AXError AXUIElementCopyAttributeValues(AXUIElementRef element, CFStringRef name, CFIndex first, CFIndex most,
                                       CFArrayRef *values);
AXError AXUIElementGetAttributeValueCount(AXUIElementRef element, CFStringRef name, CFIndex *count);
AXError AXUIElementCopyParameterizedAttributeValue(AXUIElementRef element, CFStringRef name, CFTypeRef parameter,
                                                   CFTypeRef *value);
AXError AXUIElementIsAttributeSettable(AXUIElementRef element, CFStringRef name, Boolean *is_settable);
AXError AXUIElementSetAttributeValue(AXUIElementRef element, CFStringRef name, CFTypeRef value);
AXError AXUIElementCopyActionNames(AXUIElementRef element, CFArrayRef *names);
AXError AXUIElementPerformAction(AXUIElementRef element, CFStringRef action);
AXError AXUIElementCopyElementAtPosition(AXUIElementRef element, float x, float y, AXUIElementRef *found);
CFTypeID AXValueGetTypeID(void);
uint32_t AXValueGetType(AXValueRef value);
Boolean AXValueGetValue(AXValueRef value, uint32_t type, void *to);
AXValueRef AXValueCreate(uint32_t type, const void *from);

/* Carbon (HIToolbox) */
Boolean IsSecureEventInputEnabled(void);

#endif
#endif
