#pragma once
#include <sqlite3.h>

// SQLITE_TRANSIENT is a macro that Swift can't import: SQLite copies the bytes before returning.
static inline int weir_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
  return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}
