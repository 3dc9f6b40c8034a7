#pragma once
#include "sqlite3ext.h"

namespace mnemo {

/// Registers the FTS5 auxiliary function mnemo_hits(table, base, size): for each phrase of the MATCH expression, in its
/// order, a bit set of `size` bits (a multiple of 64, least significant bit first) in which bit n says that row
/// base + n contains the phrase; joined to one BLOB. Use it for one row of the result only: SQLite finds that row first, so it
/// suits common phrases.
///
/// Also registers the aggregate mnemo_bits(row, base, size): such a set of its rows, or NULL without rows. It costs more
/// per row, and searches for the phrase once.
int RegisterHits(sqlite3* db);

}  // namespace mnemo
