#pragma once

#include <sqlite3.h>

/// What a disk does for SQLite. Each call gives what it says, or an errno below zero.
typedef struct {
  void *disk;
  /// The number of a file, made where it is missing and `creates` is set.
  int (*open)(void *disk, const char *name, int creates);
  /// Whether a file has the name.
  int (*exists)(void *disk, const char *name);
  int (*remove)(void *disk, const char *name);
  /// Waits until the names are on the disk.
  int (*sync_names)(void *disk);
  long long (*size)(void *disk, int file);
  /// The bytes read, fewer only where the file ends.
  int (*read)(void *disk, int file, void *bytes, int count, long long offset);
  /// The bytes written, perhaps fewer.
  int (*write)(void *disk, int file, const void *bytes, int count, long long offset);
  int (*truncate)(void *disk, int file, long long size);
  int (*sync)(void *disk, int file);
  /// Nothing is asked any more.
  void (*release)(void *disk);
} faulty_calls;

/// Makes a disk an SQLite file system of that name, kept until `release`; null where there is no memory.
///
/// Locks are not kept: one connection at a time may use a file.
sqlite3_vfs *faulty_file_system_register(const char *name, const faulty_calls *calls);

/// Connections that are open go on with it.
void faulty_file_system_unregister(sqlite3_vfs *file_system);
