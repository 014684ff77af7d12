/* A crash at a moment that the test chooses: loaded into the program by LD_PRELOAD, it counts what is done to the files
 * of one folder, and kills the process right before or after the chosen one.
 *
 * A killed process leaves its writes with the kernel; a power cut does not. So it also remembers what each write since
 * the last sync of a file replaced, and can put a part of that back before it kills: sector by sector, in any order,
 * as a disk that lost its power. A name that was made lasts once its folder was synced.
 *
 * KILLER_FOLDER is the folder, as the kernel spells it. KILLER_AT is "sync 5 before 0": the fifth sync, before it, as a
 * kill; "any 9 after 77": the ninth of writes, truncations and syncs, after it, as a power cut with the seed 77;
 * "emptying 2 after 77": before the first write that follows when a file was emptied the second time. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SECTOR = 512, FILES = 256, NAMES = 256 };

struct file {
    int fd; /* Our own, and never closed: that would free the locks which the program holds on the file. */
    dev_t device;
    ino_t number;
    off_t synced; /* Its length at the last sync. */
    int is_folder;
    char name[64];
};

/* What was where something was written, newest first. */
struct change {
    struct change *older;
    struct file *file;
    off_t at;
    size_t length;
    char before[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file files[FILES];
static int known;
static struct change *changes;
static char *names[NAMES]; /* Made since the last sync of the folder. */
static int made;

static const char *folder;
static char unit[16], side[8];
static unsigned long chosen, seed, reached;

__attribute__((constructor)) static void begin(void) {
    const char *at = getenv("KILLER_AT");
    folder = getenv("KILLER_FOLDER");
    if (!folder || !at || sscanf(at, "%15s %lu %7s %lu", unit, &chosen, side, &seed) != 4) {
        fprintf(stderr, "killer: KILLER_FOLDER and KILLER_AT say nothing\n");
        abort();
    }
}

static int is_inside(const char *path) {
    if (!folder) return 0;
    size_t length = strlen(folder), end = strlen(path);
    /* What SQLite shares between processes is memory: it is made anew from the log. */
    int is_shared = end > 4 && !strcmp(path + end - 4, "-shm");
    return !strncmp(path, folder, length) && (path[length] == '/' || !path[length]) && !is_shared;
}

/* The file behind this descriptor, if it is one of the folder, or the folder itself. */
static struct file *watched(int fd) {
    struct stat stat;
    char link[64], path[4096];
    if (fstat(fd, &stat) || !(S_ISREG(stat.st_mode) || S_ISDIR(stat.st_mode))) return NULL;
    for (int i = 0; i < known; i++)
        if (files[i].device == stat.st_dev && files[i].number == stat.st_ino) return &files[i];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return NULL;
    path[length] = 0;
    if (!is_inside(path)) return NULL;
    if (known == FILES) abort();
    struct file *file = &files[known++];
    file->is_folder = S_ISDIR(stat.st_mode);
    file->fd = syscall(SYS_openat, AT_FDCWD, link, (file->is_folder ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (file->fd < 0) abort();
    file->device = stat.st_dev, file->number = stat.st_ino, file->synced = stat.st_size;
    const char *last = strrchr(path, '/');
    strncpy(file->name, last ? last + 1 : path, sizeof file->name - 1);
    return file;
}

static off_t size(struct file *file) {
    struct stat stat;
    if (fstat(file->fd, &stat)) abort();
    return stat.st_size;
}

/* Before these bytes are changed. Behind the end of the file there are zeros. */
static void remember(struct file *file, off_t at, size_t length, size_t step) {
    while (length) {
        size_t part = step - at % step;
        if (part > length) part = length;
        struct change *change = calloc(1, sizeof *change + part);
        if (!change || pread(file->fd, change->before, part, at) < 0) abort();
        change->older = changes, change->file = file, change->at = at, change->length = part;
        changes = change;
        at += part, length -= part;
    }
}

static void forget(struct file *file) {
    for (struct change **at = &changes; *at;) {
        struct change *change = *at;
        if (change->file != file) {
            at = &change->older;
            continue;
        }
        *at = change->older;
        free(change);
    }
    file->synced = size(file);
    while (file->is_folder && made) free(names[--made]);
}

static unsigned long below(unsigned long n) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return seed % n;
}

static void cut_power(void) {
    unsigned long all = 0, lost = 0, odds = below(4); /* Of four changes; none of them is kept if it is 0. */
    for (struct change *change = changes; change; change = change->older, all++) {
        if (below(4) < odds) continue;
        if (syscall(SYS_pwrite64, change->file->fd, change->before, change->length, change->at) < 0) abort();
        lost++;
    }
    for (int i = 0; i < known; i++) {
        if (files[i].is_folder) continue;
        off_t grown = size(&files[i]) - files[i].synced;
        if (grown > 0 && syscall(SYS_ftruncate, files[i].fd, files[i].synced + (odds ? below(grown + 1) : 0))) abort();
    }
    for (int i = 0; i < made; i++)
        if (below(4) >= odds) unlink(names[i]);
    dprintf(2, "killer: %lu of %lu changes are lost, and maybe %d names\n", lost, all, made);
}

static void die(const char *what, struct file *file) {
    dprintf(2, "killer: %s %s %lu, at a %s of %s\n", side, unit, reached, what, file->name);
    if (seed) cut_power();
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static void moment(const char *what, struct file *file, const char *now) {
    int is_before = !strcmp(now, "before");
    int is_emptying = !strcmp(unit, "emptying");
    /* What was emptied may still be synced, and told; the next write is too late. */
    if (is_emptying && is_before && reached == chosen && !strcmp(what, "write")) die(what, file);
    if (strcmp(unit, "any") && strcmp(unit, what)) return;
    if (is_before) reached++;
    if (reached == chosen && !strcmp(now, side) && !(is_emptying && !is_before)) die(what, file);
}

/* Wraps one call: nothing else happens to the folder meanwhile. */
#define AROUND(fd, what, first, call)                         \
    pthread_mutex_lock(&lock);                                \
    struct file *file = watched(fd);                          \
    if (file) {                                               \
        moment(what, file, "before");                         \
        first;                                                \
    }                                                         \
    long done = call;                                         \
    if (file && !strcmp(what, "sync") && !done) forget(file); \
    if (file) moment(what, file, "after");                    \
    pthread_mutex_unlock(&lock);                              \
    return done

ssize_t pwrite64(int fd, const void *from, size_t length, off_t at) {
    AROUND(fd, "write", remember(file, at, length, SECTOR), syscall(SYS_pwrite64, fd, from, length, at));
}

ssize_t write(int fd, const void *from, size_t length) {
    int at_end = fcntl(fd, F_GETFL) & O_APPEND;
    AROUND(fd, "write", remember(file, at_end ? size(file) : lseek(fd, 0, SEEK_CUR), length, SECTOR),
           syscall(SYS_write, fd, from, length));
}

int ftruncate64(int fd, off_t length) {
    /* As a whole: it happened or it did not. */
    AROUND(fd, length ? "truncation" : "emptying",
           if (size(file) > length) remember(file, length, size(file) - length, 1L << 62),
           syscall(SYS_ftruncate, fd, length));
}

int fsync(int fd) { AROUND(fd, "sync", , syscall(SYS_fsync, fd)); }
int fdatasync(int fd) { AROUND(fd, "sync", , syscall(SYS_fdatasync, fd)); }

static void name(const char *path) {
    if (!is_inside(path)) return;
    if (made == NAMES || !(names[made++] = strdup(path))) abort();
}

int open64(const char *path, int how, ...) {
    va_list rest;
    va_start(rest, how);
    int mode = how & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;
    va_end(rest);
    pthread_mutex_lock(&lock);
    int is_new = (how & O_CREAT) && access(path, F_OK);
    long fd = syscall(SYS_openat, AT_FDCWD, path, how, mode);
    if (is_new && fd >= 0) name(path);
    pthread_mutex_unlock(&lock);
    return fd;
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int how) {
    pthread_mutex_lock(&lock);
    long done = syscall(SYS_linkat, from_folder, from, to_folder, to, how);
    if (!done) name(to);
    pthread_mutex_unlock(&lock);
    return done;
}

/* The same by their other names. */
ssize_t pwrite(int, const void *, size_t, off_t) __attribute__((alias("pwrite64")));
int ftruncate(int, off_t) __attribute__((alias("ftruncate64")));
int open(const char *, int, ...) __attribute__((alias("open64")));
