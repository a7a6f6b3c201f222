#pragma once

#include <sqlite3.h>

// Shims for what Swift cannot import: the SQLITE_TRANSIENT macro and variadic functions.

/// Binds a copy of `byte_count` bytes of UTF-8; a null pointer with no bytes is the empty text, not NULL.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 byte_count) {
  return sqlite3_bind_text64(
      statement, index, bytes ? (const char *)bytes : "", byte_count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// Binds UTF-8 that outlives the statement, without a copy.
static inline int csqlite_bind_static_text(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 byte_count) {
  return sqlite3_bind_text64(statement, index, (const char *)bytes, byte_count, SQLITE_STATIC, SQLITE_UTF8);
}

/// Binds a copy of `byte_count` bytes; a null pointer with no bytes is the empty blob, not NULL.
static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 byte_count) {
  return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", byte_count, SQLITE_TRANSIENT);
}

/// Turns one of the boolean SQLITE_DBCONFIG_… options on or off.
static inline int csqlite_set_option(sqlite3 *connection, int option, int on) {
  return sqlite3_db_config(connection, option, on, (int *)0);
}

/// Has memory taken without counting it under a lock; only before anything else is asked of SQLite.
static inline int csqlite_count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
