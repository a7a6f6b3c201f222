#include "ctoml.h"

// Some malformed texts break an assumption of toml++ 3.3 (`[,` is one): with NDEBUG that is undefined behaviour, without
// it the end of the process. Here it is an exception, which becomes an error like any other.
#undef NDEBUG
namespace {
struct AssumptionBroken {};
[[noreturn]] void assumption_broken() { throw AssumptionBroken(); }
}  // namespace
#define TOML_ASSERT(expression) ((expression) ? void() : assumption_broken())
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0

#include <toml++/toml.h>

#include <algorithm>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Entry {
  std::string path;
  std::string text;
  int64_t integer = 0;
  double number = 0;
  toml::source_position position;
  uint32_t depth = 0;
  ctoml_kind kind = ctoml_table;
  bool boolean = false;
};

struct Fault {
  std::string message;
  toml::source_position position;
};

}  // namespace

struct ctoml_document {
  std::vector<Entry> entries;
  Fault fault;
  bool has_error = false;

  void refuse(std::string message, toml::source_position position) {
    if (has_error) return;
    fault = {std::move(message), position};
    has_error = true;
  }
};

namespace {

// Looks, without building anything, for what the parser must not see: brackets and dotted keys beyond the bound, and
// letters beyond ASCII outside strings and comments, for which its test of white space runs into undefined behaviour.
class Scan {
 public:
  Scan(std::string_view text, ctoml_document &document) : text_(text), document_(document) {
    if (text.substr(0, 3) == "\xef\xbb\xbf") index_ = 3;
  }

  void run() {
    while (index_ < text_.size() && !document_.has_error) {
      const char byte = text_[index_];
      if (byte == '#') {
        skip_line();
      } else if (byte == '"' || byte == '\'') {
        skip_string(byte);
      } else {
        if (static_cast<unsigned char>(byte) >= 0x80) {
          return document_.refuse("only strings and comments hold letters beyond ASCII", {line_, column_});
        }
        count(byte);
        step();
      }
    }
  }

 private:
  void count(char byte) {
    switch (byte) {
      case '[':
      case '{':
        if (++brackets_ > CTOML_MAXIMUM_DEPTH) refuse("brackets are nested too deeply");
        dots_ = 0;
        break;
      case ']':
      case '}':
        if (brackets_ > 0) --brackets_;
        dots_ = 0;
        break;
      case '.':
        if (++dots_ >= CTOML_MAXIMUM_DEPTH) refuse("a key has too many parts");
        break;
      case '=':
      case ',':
      case '\n':
        dots_ = 0;
        break;
      default:
        break;
    }
  }

  void refuse(const char *message) {
    document_.refuse(std::string(message) + "; the limit is " + std::to_string(CTOML_MAXIMUM_DEPTH), {line_, column_});
  }

  void step() {
    if (text_[index_] == '\n') {
      ++line_;
      column_ = 1;
    } else if ((text_[index_] & 0xc0) != 0x80) {
      // A column is a code point, as the parser counts.
      ++column_;
    }
    ++index_;
  }

  void skip_line() {
    while (index_ < text_.size() && text_[index_] != '\n') step();
  }

  // A single-line string that is not closed ends with its line: the parser will say so.
  void skip_string(char quote) {
    const std::string closing(text_.substr(index_, 3) == std::string(3, quote) ? 3 : 1, quote);
    for (size_t count = 0; count < closing.size(); ++count) step();
    while (index_ < text_.size()) {
      if (text_.substr(index_, closing.size()) == closing) {
        // A string in three quotes may end with one or two of its own.
        const size_t end = closing.size() == 1 ? index_ + 1 : std::min(text_.find_first_not_of(quote, index_), index_ + 5);
        while (index_ < std::min(end, text_.size())) step();
        return;
      }
      if (closing.size() == 1 && text_[index_] == '\n') return;
      if (quote == '"' && text_[index_] == '\\' && index_ + 1 < text_.size()) step();
      step();
    }
  }

  std::string_view text_;
  ctoml_document &document_;
  size_t index_ = 0;
  int brackets_ = 0;
  int dots_ = 0;
  toml::source_index line_ = 1;
  toml::source_index column_ = 1;
};

bool is_bare(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_' || byte == '-';
  });
}

std::string joined(const std::string &parent, std::string_view key) {
  std::string path = parent.empty() ? std::string() : parent + ".";
  if (is_bare(key)) return path.append(key);
  path += '"';
  for (const char byte : key) {
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) {
      const char *digits = "0123456789abcdef";
      path.append("\\u00") += digits[byte >> 4];
      path += digits[byte & 15];
      continue;
    }
    if (byte == '"' || byte == '\\') path += '\\';
    path += byte;
  }
  return path += '"';
}

// Turns the tree into the flat list. Recursion is bounded by the length of a path.
class Flatten {
 public:
  explicit Flatten(ctoml_document &document) : document_(document) {}

  void table(const toml::table &table, const std::string &path, uint32_t depth) {
    for (const auto &[key, node] : table) {
      if (document_.has_error) return;
      add(node, joined(path, key.str()), key.source().begin, depth);
    }
  }

 private:
  void add(const toml::node &node, std::string path, toml::source_position position, uint32_t depth) {
    if (path.size() > CTOML_MAXIMUM_PATH_BYTES) {
      return document_.refuse("a key is too long; the limit is " + std::to_string(CTOML_MAXIMUM_PATH_BYTES) + " bytes", position);
    }
    if (document_.entries.size() == CTOML_MAXIMUM_ENTRIES) {
      return document_.refuse("too many keys and values; the limit is " + std::to_string(CTOML_MAXIMUM_ENTRIES), position);
    }
    document_.entries.push_back(entry(node, path, position));
    document_.entries.back().depth = depth;
    if (const auto *inner = node.as_table()) {
      table(*inner, path, depth + 1);
    } else if (const auto *array = node.as_array()) {
      for (size_t index = 0; index < array->size() && !document_.has_error; ++index) {
        const toml::node &element = (*array)[index];
        add(element, path + "[" + std::to_string(index) + "]", element.source().begin, depth + 1);
      }
    }
  }

  static Entry entry(const toml::node &node, const std::string &path, toml::source_position position) {
    Entry entry;
    entry.path = path;
    entry.position = position;
    if (node.is_array()) {
      entry.kind = ctoml_array;
    } else if (const auto *text = node.as_string()) {
      entry.kind = ctoml_string;
      entry.text = text->get();
    } else if (const auto *integer = node.as_integer()) {
      entry.kind = ctoml_integer;
      entry.integer = integer->get();
    } else if (const auto *number = node.as_floating_point()) {
      entry.kind = ctoml_number;
      entry.number = number->get();
    } else if (const auto *boolean = node.as_boolean()) {
      entry.kind = ctoml_boolean;
      entry.boolean = boolean->get();
    } else if (!node.is_table()) {
      entry.kind = ctoml_date_time;
      std::ostringstream text;
      if (const auto *date = node.as_date()) text << date->get();
      if (const auto *time = node.as_time()) text << time->get();
      if (const auto *both = node.as_date_time()) text << both->get();
      entry.text = text.str();
    }
    return entry;
  }

  ctoml_document &document_;
};

bool breaks_assumption(std::string_view text) {
  try {
    static_cast<void>(toml::parse(text));
    return false;
  } catch (const AssumptionBroken &) {
    return true;
  }
}

// The parser goes from the first line to the last, so the least number of lines that breaks it ends with the one at fault.
toml::source_index line_of_broken_assumption(std::string_view text) {
  std::vector<size_t> ends;
  for (size_t index = 0; index < text.size(); ++index) {
    if (text[index] == '\n') ends.push_back(index + 1);
  }
  const auto end = std::partition_point(
      ends.begin(), ends.end(), [&](size_t end) { return !breaks_assumption(text.substr(0, end)); });
  return static_cast<toml::source_index>(end - ends.begin() + 1);
}

void parse(std::string_view text, ctoml_document &document) {
  if (text.size() > CTOML_MAXIMUM_BYTES) {
    return document.refuse("the text is too long; the limit is " + std::to_string(CTOML_MAXIMUM_BYTES) + " bytes", {1, 1});
  }
  Scan(text, document).run();
  if (document.has_error) return;
  try {
    const toml::parse_result result = toml::parse(text);
    if (!result) {
      const toml::parse_error &error = result.error();
      return document.refuse(std::string(error.description()), error.source().begin);
    }
    Flatten(document).table(result.table(), "", 0);
  } catch (const AssumptionBroken &) {
    return document.refuse("this line is malformed", {line_of_broken_assumption(text), 1});
  }
  if (document.has_error) document.entries.clear();
}

}  // namespace

ctoml_document *ctoml_parse(const char *bytes, size_t byte_count) {
  ctoml_document *document = new (std::nothrow) ctoml_document;
  if (!document) return nullptr;
  try {
    parse(std::string_view(bytes, byte_count), *document);
  } catch (const std::bad_alloc &) {
    delete document;
    return nullptr;
  }
  return document;
}

void ctoml_free(ctoml_document *document) { delete document; }

uint8_t ctoml_has_error(const ctoml_document *document, ctoml_error *error) {
  if (document->has_error) {
    const Fault &fault = document->fault;
    *error = {fault.message.data(), fault.message.size(), fault.position.line, fault.position.column};
  }
  return document->has_error;
}

size_t ctoml_entry_count(const ctoml_document *document) { return document->entries.size(); }

ctoml_entry ctoml_entry_at(const ctoml_document *document, size_t index) {
  const Entry &entry = document->entries[index];
  ctoml_entry flat = {};
  flat.path = entry.path.data();
  flat.path_byte_count = entry.path.size();
  flat.text = entry.text.data();
  flat.text_byte_count = entry.text.size();
  flat.integer = entry.integer;
  flat.number = entry.number;
  flat.line = entry.position.line;
  flat.column = entry.position.column;
  flat.depth = entry.depth;
  flat.kind = entry.kind;
  flat.boolean = entry.boolean;
  return flat;
}
