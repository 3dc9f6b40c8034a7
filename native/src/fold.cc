#include "fold.h"

#include <iterator>

#include "../generated/fold_table.h"

namespace mnemo {
namespace {

constexpr uint32_t kInvalid = 0xFFFD;
/// Stroke overlay of negated signs, such as the unequal sign.
constexpr uint32_t kStroke = 0x338;
constexpr uint32_t kJoiner = 0x200D;
constexpr uint32_t kLongMark = 0x30FC;
constexpr uint32_t kRepeated = 0x3005;        // iteration mark of Chinese characters
constexpr uint32_t kRepeatedKana = 0x309D;
constexpr uint32_t kRepeatedVoiced = 0x309E;
constexpr uint32_t kVoiced = 0x3099;
constexpr uint32_t kBreve = 0x306;
constexpr uint32_t kCyrillicI = 0x438, kCyrillicShortI = 0x439;
/// Thai vowels and tones; Lao has them at the same positions, 0x80 after Thai.
constexpr uint32_t kSaraE = 0xE40, kSaraAe = 0xE41, kFirstTone = 0xE48, kLastTone = 0xE4B, kNikhahit = 0xE4D, kLao = 0x80;

/// Below a consonant, the Khmer letters da and ta look the same (Unicode 16.4).
constexpr uint32_t kCoeng = 0x17D2, kKhmerDa = 0x178A, kKhmerTa = 0x178F;

/// Composes `code` with the character before it as in Unicode; 0 if they do not compose.
uint32_t Compose(uint32_t before, uint32_t code) {
  if (code == 0x3099 || code == 0x309A || code == kStroke) {
    for (const auto& pair : table::kComposed)
      if (pair[0] == before && pair[1] == code) return pair[2];
    return 0;
  }
  // Hangul, Unicode 16 section 3.12
  if (code >= 0x1161 && code <= 0x1175 && before >= 0x1100 && before <= 0x1112)
    return 0xAC00 + ((before - 0x1100) * 21 + (code - 0x1161)) * 28;
  if (code >= 0x11A8 && code <= 0x11C2 && before >= 0xAC00 && before <= 0xD7A3 && (before - 0xAC00) % 28 == 0)
    return before + (code - 0x11A7);
  return 0;
}

bool IsKana(uint32_t code) { return code >= 0x3041 && code < 0x3041 + std::size(table::kVowels); }

/// Character that a mark after `before` stands for: the vowel of a long mark, or the repeated character (CLDR ja, JIS
/// X 4061); 0 for none.
uint32_t MarkedBy(uint32_t code, uint32_t before) {
  if (code == kRepeated) return IsHan(before) && before != kRepeated ? before : 0;
  if (!IsKana(before)) return 0;
  // a wave dash after kana is another form of the long mark
  if (code == '~' && table::kVowels[before - 0x3041] == 0) return kLongMark;
  if (code == kLongMark || code == '~') return table::kVowels[before - 0x3041];
  if (code != kRepeatedKana && code != kRepeatedVoiced) return 0;
  uint32_t plain = before;
  for (const auto& pair : table::kComposed)
    if (pair[2] == before && pair[1] == kVoiced) plain = pair[0];
  const uint32_t voiced = code == kRepeatedVoiced ? Compose(plain, kVoiced) : 0;
  return voiced != 0 ? voiced : plain;
}

/// Two regional indicators become one flag (Unicode Technical Standard 51, 1.4.6), and emoji with joiners and flags
/// with tags one sign: their code points are in planes that Unicode has not assigned, so no text contains them.
constexpr uint32_t kFlags = 0x40000;
constexpr uint32_t kSequences = 0x50000;
constexpr uint32_t kSequenceRoom = 0x80000;
constexpr uint32_t kFirstIndicator = 0x1F1E6;
constexpr uint32_t kBlackFlag = 0x1F3F4;
bool IsIndicator(uint32_t code) { return code >= kFirstIndicator && code < kFirstIndicator + 26; }

bool IsSequence(uint32_t code) { return code >= kSequences && code < kSequences + kSequenceRoom; }
bool IsFlag(uint32_t code) { return code >= kFlags && code < kFlags + 26 * 26; }

CharClass ClassOf(uint32_t code) {
  // a text that is folded already has these signs as one character
  if (IsFlag(code) || IsSequence(code)) return CharClass::kSingle;
  return static_cast<CharClass>(table::kClass[table::kClassIndex[code >> 8] * 256 + (code & 0xFF)]);
}

bool IsTag(uint32_t code) { return code >= 0xE0020 && code <= 0xE007F; }
/// Pictographs, which joiners join; a sequence is one itself.
bool IsPictograph(uint32_t code) { return (code >= 0x1F000 && code < 0x20000) || (code >= 0x2190 && code < 0x2C00) || IsSequence(code); }
/// Code point of a sequence of signs; two sequences collide with a probability of 1 in 500,000.
uint32_t Sequence(uint32_t before, uint32_t code) { return kSequences + (before * 2654435761u + code * 40503u) % kSequenceRoom; }

/// Chinese characters, kana, and all other characters: blanks between two of these are optional.
enum class Spacing { kSpaced, kHan, kKana };
Spacing SpacingOf(uint32_t code) {
  if (IsHan(code)) return Spacing::kHan;
  return code >= 0x3041 && code <= 0x30FF && code != 0x30FB ? Spacing::kKana : Spacing::kSpaced;
}

/// Removes blanks at the end of `out` between Chinese, kana and anything else, or at the edge of the text. `next`:
/// the character after them, 0 at the end of the text.
void DropBlanks(uint32_t next, std::vector<Folded>& out) {
  size_t first = out.size();
  while (first > 0 && out[first - 1].code == ' ') first--;
  if (first == out.size()) return;
  const Spacing before = first > 0 ? SpacingOf(out[first - 1].code) : Spacing::kSpaced;
  const Spacing after = next != 0 ? SpacingOf(next) : Spacing::kSpaced;
  if (before != after) out.resize(first);
}

/// Normalizes Thai and Lao by appearance: two sara e become sara ae, and a tone stands before the nikhahit of sara
/// am, whichever was typed first (Unicode 16.1). Returns whether `code` was placed.
bool JoinThai(uint32_t code, uint32_t begin, uint32_t end, std::vector<Folded>& out) {
  const uint32_t shift = code >= kSaraE + kLao ? kLao : 0;
  const uint32_t thai = code - shift;
  Folded& last = out.back();
  if (thai == kSaraE && last.code == code) {
    last.code = kSaraAe + shift;
    last.end = end;
    return true;
  }
  if (thai < kFirstTone || thai > kLastTone || last.code != kNikhahit + shift) return false;
  // one cluster: both cover all of it
  last.end = end;
  const Folded mark = last;
  last.code = code;
  last.type = ClassOf(code);
  out.push_back({mark.code, mark.begin, end, mark.type, 0});
  return true;
}

/// Letters in filled squares. Four of them are emoji (blood types, parking): they count as letters only in a row with
/// one that is none.
constexpr uint32_t kFirstSquare = 0x1F170, kLastSquare = 0x1F189;
bool IsSquare(uint32_t code) { return code >= kFirstSquare && code <= kLastSquare; }
bool IsSquareEmoji(uint32_t code) { return code == 0x1F170 || code == 0x1F171 || code == 0x1F17E || code == 0x1F17F; }
constexpr size_t kSquareBytes = 4;
/// Length of the row that is looked at on each side, in bytes.
constexpr size_t kSquareRow = 32 * kSquareBytes;

bool IsInSquareWord(const unsigned char* s, size_t at, size_t bytes) {
  const auto square = [&](size_t from) {
    uint32_t code = 0;
    return from + kSquareBytes <= bytes && DecodeOne(s + from, bytes - from, code) == kSquareBytes && IsSquare(code) ? code : 0;
  };
  for (size_t from = at; from < at + kSquareRow; from += kSquareBytes) {
    const uint32_t code = square(from);
    if (code == 0) break;
    if (!IsSquareEmoji(code)) return true;
  }
  for (size_t from = at; from >= kSquareBytes && at - from < kSquareRow;) {
    const uint32_t code = square(from -= kSquareBytes);
    if (code == 0) return false;
    if (!IsSquareEmoji(code)) return true;
  }
  return false;
}

void Push(uint32_t code, uint32_t begin, uint32_t end, std::vector<Folded>& out) {
  uint32_t written = 0;
  if (!out.empty() && (code == kLongMark || code == '~')) {
    // several long marks count as one
    const Folded& last = out.back();
    const bool goes_on = last.written == kLongMark || last.written == '~' || last.code == kLongMark;
    if (goes_on && last.end == begin) {
      out.back().end = end;
      return;
    }
  }
  if (!out.empty() && (code == kLongMark || code == '~' || code == kRepeated || code == kRepeatedKana || code == kRepeatedVoiced)) {
    if (const uint32_t meant = MarkedBy(code, out.back().code)) {
      written = code;
      code = meant;
    }
  }
  if (code == kStroke) {
    if (out.empty()) return;
    if (const uint32_t joined = Compose(out.back().code, code)) out.back() = {joined, out.back().begin, end, ClassOf(joined), 0};
    else if (out.back().type != CharClass::kSeparator) out.back().end = end;
    return;
  }
  if (code >= kSaraE && code <= kNikhahit + kLao && !out.empty() && JoinThai(code, begin, end, out)) return;
  if (code >= 0x1161 && !out.empty()) {
    if (const uint32_t joined = Compose(out.back().code, code)) {
      out.back().code = joined;
      out.back().end = end;
      return;
    }
    if (IsIndicator(code) && IsIndicator(out.back().code) && out.back().end == begin) {
      out.back() = {kFlags + (out.back().code - kFirstIndicator) * 26 + (code - kFirstIndicator), out.back().begin, end, CharClass::kSingle, 0};
      return;
    }
  }
  const CharClass type = ClassOf(code);
  if (!out.empty() && out.back().code == ' ' && code != ' ') DropBlanks(code, out);
  out.push_back({code, begin, end, type, written});
}

}  // namespace

void Fold(const char* text, size_t bytes, std::vector<Folded>& out) {
  out.clear();
  out.reserve(bytes);
  const auto* s = reinterpret_cast<const unsigned char*>(text);
  bool joiner = false;
  for (size_t at = 0; at < bytes;) {
    uint32_t code = 0;
    const size_t taken = DecodeOne(s + at, bytes - at, code);
    const auto begin = static_cast<uint32_t>(at);
    const auto end = static_cast<uint32_t>(at + taken);
    at += taken;
    if (!out.empty() && (joiner ? IsPictograph(code) : IsTag(code)) && (joiner || out.back().code == kBlackFlag || IsSequence(out.back().code))) {
      out.back().code = Sequence(out.back().code, code);
      out.back().end = end;
      joiner = false;
      continue;
    }
    if (code == kBreve && !out.empty() && out.back().code == kCyrillicI && out.back().end == begin) {
      out.back().code = kCyrillicShortI;
      out.back().end = end;
      continue;
    }
    if (IsSquareEmoji(code) && IsInSquareWord(s, begin, bytes)) code = 'a' + (code - kFirstSquare);
    if (code == kKhmerDa && !out.empty() && out.back().code == kCoeng) code = kKhmerTa;
    if (code == kJoiner) joiner = !out.empty() && IsPictograph(out.back().code);
    else joiner = false;
    const uint32_t entry = table::kFold[table::kFoldIndex[code >> 8] * 256 + (code & 0xFF)];
    if (entry == 0) {
      Push(code, begin, end, out);
    } else if (entry < 0x80000000) {
      Push(entry, begin, end, out);
    } else {
      const size_t length = (entry >> 24) & 0x7F;
      const uint32_t* sequence = table::kPool + (entry & 0xFFFFFF);
      // an ignored character belongs to the one before it: a highlight covers the whole cluster
      if (length == 0 && !out.empty() && out.back().type != CharClass::kSeparator) out.back().end = end;
      for (size_t i = 0; i < length; i++) Push(sequence[i], begin, end, out);
    }
  }
  DropBlanks(0, out);
}

size_t DecodeOne(const unsigned char* s, size_t left, uint32_t& code) {
  const unsigned char a = s[0];
  if (a < 0x80) {
    code = a;
    return 1;
  }
  const size_t length = a >= 0xF0 ? 4 : a >= 0xE0 ? 3 : 2;
  static constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  code = kInvalid;
  if (a < 0xC2 || a > 0xF4 || length > left) return 1;
  uint32_t value = a & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; i++) {
    if ((s[i] & 0xC0) != 0x80) return 1;
    value = (value << 6) | (s[i] & 0x3F);
  }
  if (value < kLeast[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 1;
  code = value;
  return length;
}

void Decode(const char* text, size_t bytes, std::vector<uint32_t>& out) {
  const auto* s = reinterpret_cast<const unsigned char*>(text);
  for (size_t at = 0; at < bytes;) {
    uint32_t code = 0;
    at += DecodeOne(s + at, bytes - at, code);
    out.push_back(code);
  }
}

void AppendUtf8(uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

bool IsHan(uint32_t code) {
  return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3400 && code <= 0x4DBF) ||
         (code >= 0x20000 && code <= 0x323AF) || code == 0x3005 || code == 0x3007;
}

}  // namespace mnemo
