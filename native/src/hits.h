#pragma once
#include "sqlite3ext.h"

namespace mnemo {

/// Registers the FTS5 auxiliary function mnemo_hits(table, base, size): for each phrase of the MATCH expression, in its
/// order, a bit set of `size` bits (a multiple of 64, least significant bit first) in which bit n says that row
/// base + n contains the phrase; joined to one BLOB. To be asked of one row of the result: that row is looked for first,
/// so it suits phrases that are common.
///
/// And the aggregate mnemo_bits(row, base, size): such a set of the rows it is given, or NULL of none. It costs more a
/// row, and the phrase is looked for once.
int RegisterHits(sqlite3* db);

}  // namespace mnemo
