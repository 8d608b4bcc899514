/* Makes one system call below a folder fail, or kills the process at it: the N-th of open (for writing), mkdir, write, pwrite,
   fsync, fdatasync, ftruncate, rename, unlink and rmdir. Loaded with LD_PRELOAD; armed from inside by shim_arm. Also keeps
   a trace of these calls, from which can be told what was not yet synced when something was acknowledged. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum form { NONE, REFUSED, KEPT, FULL, SHORT, KILL_BEFORE, KILL_AFTER, FULL_FOR_GOOD, TRACE };

static char folder[4096];
static long left = -1;
static enum form form = NONE;
static char hit[32];
static char trace[1 << 22];
static size_t traced;

/* Counts calls below `path` from now on and strikes the n-th (from 1). */
void shim_arm(const char *path, long n, int how) {
    snprintf(folder, sizeof folder, "%s/", path);
    form = how; hit[0] = 0; left = n; traced = 0; trace[0] = 0;
}

/* Stops; returns the name of the call that was struck, or an empty text. */
const char *shim_disarm(void) { form = NONE; left = -1; return hit; }

/* Returns the calls so far, one a line: name, path, for a rename a tab and the new path. */
const char *shim_trace(void) { return trace; }

static int below(const char *path) {
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 || strncmp(path, folder, length - 1) == 0;
}

static const char *path_of(int fd) {
    static char path[4096];
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    return path;
}

/* Returns what is to happen to this call: one is struck a shim_arm, or all from it on. */
static enum form strike(const char *name, const char *path, const char *to) {
    if (left < 1 || !below(path)) return NONE;
    if (form == TRACE) {
        size_t room = sizeof trace - traced;
        size_t used = snprintf(trace + traced, room, to ? "%s %s\t%s\n" : "%s %s\n", name, path, to);
        if (used < room) traced += used; else abort();
        return NONE;
    }
    if (form == FULL_FOR_GOOD && left == 1) { snprintf(hit, sizeof hit, "%s", name); return FULL; }
    if (--left > 0) return NONE;
    snprintf(hit, sizeof hit, "%s", name);
    if (form == KILL_BEFORE) kill(getpid(), SIGKILL);
    return form;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, #name)
#define STRUCK(result, how, after) do { \
    if (how == KILL_AFTER) kill(getpid(), SIGKILL); \
    if (how == KEPT) { after; errno = EIO; return -1; } \
    return result; } while (0)
#define REFUSE(how) do { \
    if (how == REFUSED) { errno = EIO; return -1; } \
    if (how == FULL) { errno = ENOSPC; return -1; } } while (0)

#define WITH_PATH(name, params, args, to) \
    int name params { REAL(int, name, PARAMS_##name); enum form how = strike(#name, path, to); REFUSE(how); \
        int result = real args; STRUCK(result, how, (void)0); }
#define WITH_FD(name, params, args) \
    int name params { REAL(int, name, PARAMS_##name); enum form how = strike(#name, left > 0 ? path_of(fd) : "", NULL); REFUSE(how); \
        int result = real args; STRUCK(result, how, (void)0); }

#define PARAMS_mkdir const char *, mode_t
#define PARAMS_rename const char *, const char *
#define PARAMS_unlink const char *
#define PARAMS_rmdir const char *
#define PARAMS_fsync int
#define PARAMS_fdatasync int
#define PARAMS_ftruncate int, off_t
#define PARAMS_ftruncate64 int, off64_t
WITH_PATH(mkdir, (const char *path, mode_t mode), (path, mode), NULL)
WITH_PATH(rename, (const char *path, const char *to), (path, to), to)
WITH_PATH(unlink, (const char *path), (path), NULL)
WITH_PATH(rmdir, (const char *path), (path), NULL)
WITH_FD(fsync, (int fd), (fd))
WITH_FD(fdatasync, (int fd), (fd))
WITH_FD(ftruncate, (int fd, off_t size), (fd, size))
WITH_FD(ftruncate64, (int fd, off64_t size), (fd, size))

#define WRITES(name, params, args, ...) \
    ssize_t name params { REAL(ssize_t, name, __VA_ARGS__); enum form how = strike(#name, left > 0 ? path_of(fd) : "", NULL); REFUSE(how); \
        if (how == SHORT && size > 1) size /= 2; \
        ssize_t result = real args; STRUCK(result, how, (void)0); }
WRITES(write, (int fd, const void *data, size_t size), (fd, data, size), int, const void *, size_t)
WRITES(pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at), int, const void *, size_t, off_t)
WRITES(pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at), int, const void *, size_t, off64_t)

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, name, const char *, int, ...); \
        va_list rest; va_start(rest, flags); mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; va_end(rest); \
        enum form how = strike(#name, (flags & O_ACCMODE) != O_RDONLY ? path : "", NULL); REFUSE(how); \
        int result = real(path, flags, mode); STRUCK(result, how, if (result >= 0) close(result)); }
OPENS(open)
OPENS(open64)
