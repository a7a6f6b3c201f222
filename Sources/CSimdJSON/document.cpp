#include "csimdjson.h"
#include "token.hpp"

#include <memory>
#include <new>
#include <vector>

using namespace csimdjson;
using std::string_view;

/// The bytes stand in a padded copy between brackets: so a lone scalar is parsed as everything else is.
struct csimdjson_document {
  ondemand::parser parser;
  std::vector<uint8_t> bytes;
  std::vector<csimdjson_node> nodes;
  size_t depth_limit;

  csimdjson_status parse(const uint8_t *source, size_t length) {
    bytes.reserve(length + 2 + csimdjson_padding);
    bytes.push_back('[');
    bytes.insert(bytes.end(), source, source + length);
    bytes.push_back(']');
    size_t total = bytes.size();
    bytes.resize(total + csimdjson_padding, ' ');
    ondemand::document document;
    simdjson::error_code error = parser.iterate(bytes.data(), total, bytes.size()).get(document);
    if (error == simdjson::MEMALLOC) return csimdjson_out_of_memory;
    ondemand::array wrapper;
    if (error || document.get_array().get(wrapper)) return csimdjson_malformed;
    size_t count = 0;
    if (csimdjson_status status = elements(wrapper, 0, count)) return status;
    return count == 1 && is_at_end(document) ? csimdjson_ok : csimdjson_malformed;
  }

  csimdjson_status elements(ondemand::array &array, size_t depth, size_t &count) {
    for (auto result : array) {
      ondemand::value value;
      if (std::move(result).get(value)) return csimdjson_malformed;
      if (csimdjson_status status = append(value, depth + 1)) return status;
      ++count;
    }
    return csimdjson_ok;
  }

  csimdjson_status append_scalar(csimdjson_kind kind, uint64_t bits) {
    nodes.push_back({kind, 0, bits, nullptr});
    return csimdjson_ok;
  }

  csimdjson_status append_string(string_view text) {
    nodes.push_back({csimdjson_string, uint32_t(text.size()), 0, reinterpret_cast<const uint8_t *>(text.data())});
    return csimdjson_ok;
  }

  csimdjson_status append(ondemand::value &value, size_t depth) {
    string_view token = token_of(value), text;
    switch (token.empty() ? 0 : token.front()) {
      case '{':
      case '[': return append_container(value, token.front(), depth);
      case '"': return read_string(value, token, text) ? append_string(text) : csimdjson_malformed;
      case 't': return token == "true" ? append_scalar(csimdjson_bool, 1) : csimdjson_malformed;
      case 'f': return token == "false" ? append_scalar(csimdjson_bool, 0) : csimdjson_malformed;
      case 'n': return token == "null" ? append_scalar(csimdjson_null, 0) : csimdjson_malformed;
      default: return append_number(token);
    }
  }

  csimdjson_status append_container(ondemand::value &value, char opening, size_t depth) {
    if (depth > depth_limit) return csimdjson_too_deep;
    size_t own = nodes.size(), count = 0;
    append_scalar(opening == '{' ? csimdjson_object : csimdjson_array, 0);
    if (opening == '[') {
      ondemand::array array;
      if (value.get_array().get(array)) return csimdjson_malformed;
      if (csimdjson_status status = elements(array, depth, count)) return status;
    } else {
      ondemand::object object;
      if (value.get_object().get(object)) return csimdjson_malformed;
      for (auto result : object) {
        ondemand::field field;
        string_view key;
        if (std::move(result).get(field) || !read_key(field, key)) return csimdjson_malformed;
        append_string(key);
        if (csimdjson_status status = append(field.value(), depth + 1)) return status;
        ++count;
      }
    }
    nodes[own].count = uint32_t(count);
    return csimdjson_ok;
  }

  csimdjson_status append_number(string_view token) {
    bool is_integer;
    if (!is_number(token, is_integer)) return csimdjson_malformed;
    const char *end = token.data() + token.size();
    // Minus zero is kept as a double: as an integer it would lose its sign.
    if (is_integer && token != "-0") {
      int64_t integer;
      if (std::from_chars(token.data(), end, integer).ec == std::errc()) {
        return append_scalar(csimdjson_integer, uint64_t(integer));
      }
      uint64_t natural;
      if (token.front() != '-' && std::from_chars(token.data(), end, natural).ec == std::errc()) {
        return append_scalar(csimdjson_unsigned, natural);
      }
    }
    double number = double_of(token);
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return append_scalar(csimdjson_number, bits);
  }
};

csimdjson_document *csimdjson_document_parse(
    const uint8_t *bytes, size_t length, size_t depth_limit, csimdjson_status *status) {
  std::unique_ptr<csimdjson_document> document(new (std::nothrow) csimdjson_document());
  *status = csimdjson_out_of_memory;
  if (!document) return nullptr;
  document->depth_limit = depth_limit;
  try {
    *status = document->parse(bytes, length);
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
  return *status == csimdjson_ok ? document.release() : nullptr;
}

void csimdjson_document_destroy(csimdjson_document *document) { delete document; }

const csimdjson_node *csimdjson_document_nodes(const csimdjson_document *document, size_t *count) {
  *count = document->nodes.size();
  return document->nodes.data();
}
