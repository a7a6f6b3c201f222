#include "cbench.h"

// As our own parser has it: both are linked into one program.
#define SIMDJSON_CHECK_EOF 1

#include <cstring>
#include <memory>
#include <new>
#include <simdjson.h>
#include <vector>

namespace ondemand = simdjson::ondemand;

struct cbench_parser {
  ondemand::parser parser;
  /// The last line of a body whose end is not followed by enough bytes.
  std::vector<char> last;
};

cbench_parser *cbench_parser_create(size_t byte_capacity) {
  std::unique_ptr<cbench_parser> parser(new (std::nothrow) cbench_parser());
  if (!parser || parser->parser.allocate(byte_capacity)) return nullptr;
  parser->last.resize(byte_capacity + simdjson::SIMDJSON_PADDING);
  return parser.release();
}

void cbench_parser_destroy(cbench_parser *parser) { delete parser; }

/// Calls back with the document of each line.
template <typename Body>
static void each_line(cbench_parser *parser, const uint8_t *body, size_t byte_count, Body then) {
  const char *line = reinterpret_cast<const char *>(body), *end = line + byte_count;
  while (line < end) {
    const char *feed = static_cast<const char *>(memchr(line, '\n', size_t(end - line)));
    size_t length = size_t((feed ? feed : end) - line);
    const char *bytes = line;
    if (size_t(end - line) < length + simdjson::SIMDJSON_PADDING) {
      if (length > parser->last.size() - simdjson::SIMDJSON_PADDING) return;
      memcpy(parser->last.data(), line, length);
      bytes = parser->last.data();
    }
    ondemand::document document;
    if (!parser->parser.iterate(bytes, length, length + simdjson::SIMDJSON_PADDING).get(document)) then(document);
    if (!feed) return;
    line = feed + 1;
  }
}

size_t cbench_parser_iterate(cbench_parser *parser, const uint8_t *body, size_t byte_count) {
  size_t count = 0;
  each_line(parser, body, byte_count, [&](ondemand::document &document) {
    ondemand::json_type type;
    if (!document.type().get(type) && type == ondemand::json_type::object) ++count;
  });
  return count;
}

static size_t walk(ondemand::value value) {
  ondemand::json_type type;
  size_t count = 0;
  if (value.type().get(type)) return 0;
  switch (type) {
    case ondemand::json_type::object:
      for (auto field : value.get_object()) count += walk(field.value());
      return count;
    case ondemand::json_type::array:
      for (auto element : value.get_array()) count += walk(element.value());
      return count;
    default: return value.raw_json_token().empty() ? 0 : 1;
  }
}

size_t cbench_parser_walk(cbench_parser *parser, const uint8_t *body, size_t byte_count) {
  size_t count = 0;
  each_line(parser, body, byte_count, [&](ondemand::document &document) {
    ondemand::object object;
    if (document.get_object().get(object)) return;
    for (auto field : object) count += walk(field.value());
  });
  return count;
}

uint64_t cbench_touch(uint8_t *table, size_t count, const uint32_t *indices, size_t index_count) {
  uint64_t sum = 0;
  for (size_t index = 0; index < index_count; ++index) {
    uint8_t *line = table + size_t(indices[index] % count) * 64;
    uint64_t word;
    memcpy(&word, line, sizeof word);
    sum += word++;
    memcpy(line, &word, sizeof word);
  }
  return sum;
}
