#pragma once
#include "sqlite3ext.h"

namespace mnemo {

/// FTS5's extension interface (https://sqlite.org/fts5.html#extending_fts5); nullptr if SQLite has no FTS5.
fts5_api* Fts5Api(sqlite3* db);

}  // namespace mnemo
