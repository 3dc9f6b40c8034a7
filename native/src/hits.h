#pragma once
#include "sqlite3ext.h"

namespace mnemo {

/// Registers the FTS5 auxiliary function mnemo_hits(table, base, size): for each phrase of the MATCH expression, in its
/// order, a bit set of `size` bits (a multiple of 64, least significant bit first) in which bit n says that row
/// base + n contains the phrase; joined to one BLOB. To be asked of one row of the result.
int RegisterHits(sqlite3* db);

}  // namespace mnemo
