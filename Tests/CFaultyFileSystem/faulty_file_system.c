#include "faulty_file_system.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_REGIONS = 64 };

/// A file system and the disk under it.
typedef struct {
  sqlite3_vfs base;
  faulty_calls calls;
  unsigned long long random;
  int last_error;
  /// Files that are open, and whether the owner has let go: it goes with the last.
  int open_count;
  int is_unregistered;
} system_t;

/// An open file: SQLite allocates it.
typedef struct {
  sqlite3_file base;
  system_t *system;
  int number;
  /// Its name is not known to be on the disk.
  int is_new;
  /// What replaces the memory that connections share.
  void *regions[MAX_REGIONS];
} file_t;

static system_t *owner(sqlite3_vfs *vfs) { return (system_t *)vfs; }

/// Remembers an errno below zero and gives SQLite's code for it.
static int failed(system_t *system, long long result, int code) {
  system->last_error = (int)-result;
  return -result == ENOSPC ? SQLITE_FULL : code;
}

static void release(system_t *system) {
  if (!system->is_unregistered || system->open_count > 0) return;
  system->calls.release(system->calls.disk);
  free((void *)system->base.zName);
  free(system);
}

static int unmap_regions(sqlite3_file *base, int removes) {
  (void)removes;
  file_t *file = (file_t *)base;
  for (int index = 0; index < MAX_REGIONS; index++) free(file->regions[index]);
  memset(file->regions, 0, sizeof file->regions);
  return SQLITE_OK;
}

static int close_file(sqlite3_file *base) {
  unmap_regions(base, 0);
  system_t *system = ((file_t *)base)->system;
  system->open_count--;
  release(system);
  return SQLITE_OK;
}

static int read_file(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset) {
  file_t *file = (file_t *)base;
  int read = file->system->calls.read(file->system->calls.disk, file->number, bytes, count, offset);
  if (read < 0) return failed(file->system, read, SQLITE_IOERR_READ);
  if (read == count) return SQLITE_OK;
  memset((char *)bytes + read, 0, (size_t)(count - read));
  return SQLITE_IOERR_SHORT_READ;
}

static int write_file(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
  file_t *file = (file_t *)base;
  for (int done = 0; done < count;) {
    int written = file->system->calls.write(
        file->system->calls.disk, file->number, (const char *)bytes + done, count - done, offset + done);
    if (written < 0) return failed(file->system, written, SQLITE_IOERR_WRITE);
    done += written;
  }
  return SQLITE_OK;
}

static int truncate_file(sqlite3_file *base, sqlite3_int64 size) {
  file_t *file = (file_t *)base;
  int result = file->system->calls.truncate(file->system->calls.disk, file->number, size);
  return result < 0 ? failed(file->system, result, SQLITE_IOERR_TRUNCATE) : SQLITE_OK;
}

static int sync_file(sqlite3_file *base, int flags) {
  (void)flags;
  file_t *file = (file_t *)base;
  int result = file->system->calls.sync(file->system->calls.disk, file->number);
  if (result < 0) return failed(file->system, result, SQLITE_IOERR_FSYNC);
  if (!file->is_new) return SQLITE_OK;
  result = file->system->calls.sync_names(file->system->calls.disk);
  if (result < 0) return failed(file->system, result, SQLITE_IOERR_DIR_FSYNC);
  file->is_new = 0;
  return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
  file_t *file = (file_t *)base;
  long long result = file->system->calls.size(file->system->calls.disk, file->number);
  if (result < 0) return failed(file->system, result, SQLITE_IOERR_FSTAT);
  *size = result;
  return SQLITE_OK;
}

static int lock_file(sqlite3_file *base, int lock) {
  (void)base, (void)lock;
  return SQLITE_OK;
}

static int check_reserved_lock(sqlite3_file *base, int *result) {
  (void)base;
  *result = 0;
  return SQLITE_OK;
}

static int control(sqlite3_file *base, int operation, void *argument) {
  (void)base, (void)operation, (void)argument;
  return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *base) {
  (void)base;
  return 4096;
}

static int characteristics(sqlite3_file *base) {
  (void)base;
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int map_region(sqlite3_file *base, int region, int size, int extends, void volatile **memory) {
  file_t *file = (file_t *)base;
  *memory = NULL;
  if (region >= MAX_REGIONS) return SQLITE_NOMEM;
  if (!file->regions[region] && extends) file->regions[region] = calloc(1, (size_t)size);
  if (!file->regions[region] && extends) return SQLITE_NOMEM;
  *memory = file->regions[region];
  return SQLITE_OK;
}

static int lock_region(sqlite3_file *base, int offset, int count, int flags) {
  (void)base, (void)offset, (void)count, (void)flags;
  return SQLITE_OK;
}

static void barrier(sqlite3_file *base) { (void)base; }

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = lock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_region,
    .xShmLock = lock_region,
    .xShmBarrier = barrier,
    .xShmUnmap = unmap_regions,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags) {
  system_t *system = owner(vfs);
  file_t *file = (file_t *)base;
  memset(file, 0, sizeof *file);
  if (!name) return SQLITE_CANTOPEN;
  int existed = system->calls.exists(system->calls.disk, name);
  if (existed < 0) return failed(system, existed, SQLITE_CANTOPEN);
  int number = system->calls.open(system->calls.disk, name, (flags & SQLITE_OPEN_CREATE) != 0);
  if (number < 0) return failed(system, number, SQLITE_CANTOPEN);
  file->base.pMethods = &methods;
  file->system = system;
  file->number = number;
  file->is_new = !existed;
  system->open_count++;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

static int remove_file(sqlite3_vfs *vfs, const char *name, int syncs) {
  system_t *system = owner(vfs);
  int result = system->calls.remove(system->calls.disk, name);
  if (result == -ENOENT) return SQLITE_IOERR_DELETE_NOENT;
  if (result < 0) return failed(system, result, SQLITE_IOERR_DELETE);
  if (!syncs) return SQLITE_OK;
  result = system->calls.sync_names(system->calls.disk);
  return result < 0 ? failed(system, result, SQLITE_IOERR_DIR_FSYNC) : SQLITE_OK;
}

static int access_file(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
  (void)flags;
  int exists = owner(vfs)->calls.exists(owner(vfs)->calls.disk, name);
  if (exists < 0) return failed(owner(vfs), exists, SQLITE_IOERR_ACCESS);
  *result = exists;
  return SQLITE_OK;
}

static int full_path(sqlite3_vfs *vfs, const char *name, int count, char *path) {
  (void)vfs;
  sqlite3_snprintf(count, path, "%s", name);
  return SQLITE_OK;
}

static int random_bytes(sqlite3_vfs *vfs, int count, char *bytes) {
  for (int index = 0; index < count; index++) {
    owner(vfs)->random = owner(vfs)->random * 6364136223846793005ULL + 1442695040888963407ULL;
    bytes[index] = (char)(owner(vfs)->random >> 56);
  }
  return count;
}

static int sleep_for(sqlite3_vfs *vfs, int microseconds) {
  (void)vfs;
  return microseconds;
}

static int current_time(sqlite3_vfs *vfs, double *days) {
  (void)vfs;
  *days = 2457000.5;
  return SQLITE_OK;
}

static int last_error(sqlite3_vfs *vfs, int count, char *text) {
  (void)count, (void)text;
  return owner(vfs)->last_error;
}

/// SQLite counts its memory under one lock for all threads; that takes longer than all else where two simulate. It has no effect once
/// SQLite is in use.
__attribute__((constructor)) static void count_no_memory(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

sqlite3_vfs *faulty_file_system_register(const char *name, const faulty_calls *calls) {
  system_t *system = calloc(1, sizeof *system);
  if (!system) return NULL;
  system->calls = *calls;
  system->random = 1;
  system->base = (sqlite3_vfs){
      .iVersion = 1,
      .szOsFile = sizeof(file_t),
      .mxPathname = 512,
      .zName = strdup(name),
      .xOpen = open_file,
      .xDelete = remove_file,
      .xAccess = access_file,
      .xFullPathname = full_path,
      .xRandomness = random_bytes,
      .xSleep = sleep_for,
      .xCurrentTime = current_time,
      .xGetLastError = last_error,
  };
  if (system->base.zName && sqlite3_vfs_register(&system->base, 0) == SQLITE_OK) return &system->base;
  free((void *)system->base.zName);
  free(system);
  return NULL;
}

void faulty_file_system_unregister(sqlite3_vfs *file_system) {
  sqlite3_vfs_unregister(file_system);
  owner(file_system)->is_unregistered = 1;
  release(owner(file_system));
}
