#pragma once

#include "sqlite3ext.h"

namespace mnemo {

/// Registers mnemo_insert(sql, count, types, ...), which runs one INSERT for many rows that are given as columns.
int RegisterInsert(sqlite3* db);

}  // namespace mnemo
