#pragma once
#include "sqlite3ext.h"

namespace mnemo {

/// Registers the aggregate mnemo_rows(doc, message, conversation, sender, flags, length): all rows as one BLOB, column
/// after column in the machine's byte order: message as double, then doc as int32, then conversation, sender and
/// (length << 16 | flags) as uint32. Lengths are at most 65535; flags have 16 bits.
int RegisterRows(sqlite3* db);

}  // namespace mnemo
