#pragma once
#include <sqlite3.h>

// SQLITE_TRANSIENT is a macro that Swift can't import: SQLite copies the bytes before returning.
static inline int weir_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
  return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}

// SQLITE_STATIC is one too: the bytes stay where they are until the statement has run.
static inline int weir_bind_kept_text(
    sqlite3_stmt *statement, int index, const char *bytes, int count) {
  return sqlite3_bind_text(statement, index, bytes, count, SQLITE_STATIC);
}
