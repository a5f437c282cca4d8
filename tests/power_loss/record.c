/*
 * Records what a program does to the files below one folder, and what it sends to others, in one log
 * whose order is the order in which it happened. Loaded with LD_PRELOAD.
 *
 * Everything but a sync is done and recorded under one lock. A sync has two records, one before it
 * begins and one after it has succeeded, so that writes may happen meanwhile: it stands for those that
 * were recorded before it began. What the program learns of a sync, and thus all that it sends because
 * of that, is recorded after the end of the sync.
 *
 * Only calls that the program makes are here. Whether any is missing shows in the end, when the recorded
 * bytes are compared with the folder's.
 *
 * POWER_LOSS_FOLDER: the folder, an absolute path without links. POWER_LOSS_LOG: the log.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* The numbers are those of `recording.rs`. */
enum kind { CREATE = 1, MKDIR, LINK, RENAME, UNLINK, WRITE, TRUNCATE, SYNC, SYNCED, SEND };

/* How a record begins; its name and its data follow. */
struct record {
    uint64_t kind;
    uint64_t file;   /* inode, of a socket as well */
    uint64_t number; /* an offset, a length, or the number of a sync */
    uint64_t name;   /* length of the name, below the folder */
    uint64_t data;   /* length of the data, or of the second name */
};

/* What a descriptor is. */
enum target { OTHER, FILE_BELOW, SOCKET };

/* How long a sync takes. Nothing is brought to a real disk: how fast that is would decide how much
 * happens during a sync. */
static const struct timespec DISK = {0, 1500000};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t syncs;
static const char *folder;
static int log_file = -1;

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, name);

/* write(2) itself. */
static ssize_t to_log(const void *bytes, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t)
    return real(log_file, bytes, length);
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("POWER_LOSS_LOG");
    folder = getenv("POWER_LOSS_FOLDER");
    REAL(int, "open", const char *, int, ...)
    if (folder && path) log_file = real(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_file < 0) {
        fprintf(stderr, "POWER_LOSS_FOLDER and POWER_LOSS_LOG are needed\n");
        _exit(99);
    }
}

/* The part of a path below the folder; NULL elsewhere. The index of the write-ahead log is no
 * durable state: each recovery makes it anew. */
static const char *below(const char *path) {
    /* Other libraries begin before this one does. */
    if (!folder) return NULL;
    size_t length = strlen(folder), end = strlen(path);
    if (strncmp(path, folder, length) != 0) return NULL;
    if (end >= 4 && strcmp(path + end - 4, "-shm") == 0) return NULL;
    if (path[length] == 0) return path + length;
    return path[length] == '/' ? path + length + 1 : NULL;
}

/* What a descriptor is: for a file below the folder, its name as well. */
static enum target target(int fd, char *path, const char **name) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return OTHER;
    path[length] = 0;
    if (strncmp(path, "socket:", 7) == 0) return SOCKET;
    *name = below(path);
    return *name ? FILE_BELOW : OTHER;
}

static uint64_t inode(int fd) {
    struct stat found;
    return fstat(fd, &found) == 0 ? found.st_ino : 0;
}

static uint64_t inode_at(const char *path) {
    struct stat found;
    return lstat(path, &found) == 0 ? found.st_ino : 0;
}

static void record(enum kind kind, uint64_t file, uint64_t number, const char *name,
                   const void *data, size_t length) {
    struct record head = {kind, file, number, strlen(name), length};
    size_t size = sizeof head + head.name + head.data;
    char *all = malloc(size);
    if (!all) _exit(98);
    memcpy(all, &head, sizeof head);
    memcpy(all + sizeof head, name, head.name);
    if (length) memcpy(all + sizeof head + head.name, data, length);
    if (to_log(all, size) != (ssize_t)size) _exit(98);
    free(all);
}

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, int mode) {
    const char *name = below(path);
    if (!name) return real(path, flags, mode);
    pthread_mutex_lock(&lock);
    int is_new = inode_at(path) == 0;
    int fd = real(path, flags, mode);
    int error = errno;
    if (fd >= 0 && is_new) record(CREATE, inode(fd), 0, name, NULL, 0);
    if (fd >= 0 && !is_new && (flags & O_TRUNC)) record(TRUNCATE, inode(fd), 0, name, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return fd;
}

static int mode_of(int flags, va_list rest) {
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;
}

int open(const char *path, int flags, ...) {
    REAL(int, "open", const char *, int, ...)
    va_list rest;
    va_start(rest, flags);
    int mode = mode_of(flags, rest);
    va_end(rest);
    return opened(real, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(int, "open64", const char *, int, ...)
    va_list rest;
    va_start(rest, flags);
    int mode = mode_of(flags, rest);
    va_end(rest);
    return opened(real, path, flags, mode);
}

/* A write that was done under the lock: `offset` is where, or -1 where the descriptor stands now. */
static void wrote(enum target kind, int fd, const char *name, off_t offset, const void *data,
                  ssize_t length) {
    if (length < 0 || kind == OTHER) return;
    if (kind == SOCKET) {
        record(SEND, inode(fd), 0, "", data, length);
    } else {
        if (offset < 0) offset = lseek(fd, 0, SEEK_CUR) - length;
        record(WRITE, inode(fd), offset, name, data, length);
    }
}

#define RECORDED(call, offset, data) \
    char path[PATH_MAX]; \
    const char *name = NULL; \
    enum target kind = target(fd, path, &name); \
    if (kind == OTHER) return call; \
    pthread_mutex_lock(&lock); \
    ssize_t done = call; \
    int error = errno; \
    wrote(kind, fd, name, offset, data, done); \
    pthread_mutex_unlock(&lock); \
    errno = error; \
    return done;

ssize_t write(int fd, const void *data, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t)
    RECORDED(real(fd, data, length), -1, data)
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t)
    RECORDED(real(fd, data, length, offset), offset, data)
}

ssize_t send(int fd, const void *data, size_t length, int flags) {
    REAL(ssize_t, "send", int, const void *, size_t, int)
    RECORDED(real(fd, data, length, flags), -1, data)
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int)
    size_t length = 0;
    for (int i = 0; i < count; i++) length += parts[i].iov_len;
    char *all = malloc(length + 1), *end = all;
    if (!all) _exit(98);
    for (int i = 0; i < count; i++) end = mempcpy(end, parts[i].iov_base, parts[i].iov_len);
    char path[PATH_MAX];
    const char *name = NULL;
    enum target kind = target(fd, path, &name);
    pthread_mutex_lock(&lock);
    ssize_t done = real(fd, parts, count);
    int error = errno;
    wrote(kind, fd, name, -1, all, done);
    pthread_mutex_unlock(&lock);
    free(all);
    errno = error;
    return done;
}

static int synced(int (*real)(int), int fd) {
    char path[PATH_MAX];
    const char *name = NULL;
    if (target(fd, path, &name) != FILE_BELOW) return real(fd);
    struct stat found;
    if (fstat(fd, &found) < 0) return -1;
    const char *is_folder = S_ISDIR(found.st_mode) ? "folder" : "";
    pthread_mutex_lock(&lock);
    uint64_t number = ++syncs;
    record(SYNC, found.st_ino, number, name, is_folder, strlen(is_folder));
    pthread_mutex_unlock(&lock);
    nanosleep(&DISK, NULL);
    pthread_mutex_lock(&lock);
    record(SYNCED, found.st_ino, number, name, is_folder, strlen(is_folder));
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int fd) {
    REAL(int, "fsync", int)
    return synced(real, fd);
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int)
    return synced(real, fd);
}

int ftruncate64(int fd, off64_t length) {
    REAL(int, "ftruncate64", int, off64_t)
    char path[PATH_MAX];
    const char *name = NULL;
    if (target(fd, path, &name) != FILE_BELOW) return real(fd, length);
    pthread_mutex_lock(&lock);
    int result = real(fd, length);
    int error = errno;
    if (result == 0) record(TRUNCATE, inode(fd), length, name, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

/* What was done under the lock to a name below the folder; `at` leads to the file afterwards. */
#define NAMED(at, path, call, kind, other) \
    const char *name = below(path); \
    if (!name) return call; \
    pthread_mutex_lock(&lock); \
    int result = call; \
    int error = errno; \
    const char *second = other; \
    if (result == 0) record(kind, inode_at(at), 0, name, second, strlen(second)); \
    pthread_mutex_unlock(&lock); \
    errno = error; \
    return result;

int unlink(const char *path) {
    REAL(int, "unlink", const char *)
    NAMED(path, path, real(path), UNLINK, "")
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t)
    NAMED(path, path, real(path, mode), MKDIR, "")
}

/* Both names are below the folder, or none is. */
int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *)
    NAMED(to, from, real(from, to), RENAME, below(to))
}

int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
    REAL(int, "linkat", int, const char *, int, const char *, int)
    NAMED(to, to, real(from_at, from, to_at, to, flags), LINK, "")
}

/* A crash at a failpoint, when nothing is done that is not recorded. */
void abort(void) {
    REAL(void, "abort", void)
    pthread_mutex_lock(&lock);
    real();
    _exit(98);
}
