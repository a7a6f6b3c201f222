import JSON
import Reports

/// Holds the JSON that is kept of a refused event against what docs/wire.md lets stay of one.
enum RedactionCheck {
  /// Members whose strings, numbers and lists may stay, by the path of the object that they stand in.
  private static let kept: [String: Set<String>] = [
    "": ["specversion", "type", "source", "id", "subject", "time", "data"],
    "data": ["location", "keywords", "text", "accuracyMeters"],
    "data.location": ["type", "coordinates"],
  ]

  /// - Throws: `Violation` where something stands in it that must not be kept. What is no whole JSON is not looked at.
  static func check(_ raw: [UInt8]) throws {
    try require(String(validating: raw, as: UTF8.self) != nil, "what is kept of a refused event is no UTF-8")
    try require(raw.count <= Limits.eventByteCount, "more is kept than an event may have")
    guard let event = try? JSONValue(parsing: raw, byteLimit: Limits.eventByteCount) else { return }
    try check(event, at: "", isKept: true)
  }

  private static func check(_ value: JSONValue, at path: String, isKept: Bool) throws {
    switch value {
    case .object(let members):
      try require(isKept && kept[path] != nil || members.isEmpty, "members are kept at \(path)")
      for member in members {
        let isKept = kept[path]?.contains(member.name) ?? false
        let inner = path.isEmpty ? member.name : path + "." + member.name
        try check(member.value, at: inner, isKept: isKept)
      }
    case .array(let elements):
      try require(elements.isEmpty || path == "data.keywords" || path == "data.location.coordinates", "a list is kept at \(path)")
      for element in elements { try check(element, at: path, isKept: isKept) }
    case .string(let text): try require(text.isEmpty || isKept && kept[path] == nil, "a string is kept at \(path)")
    case .integer(let number): try require(number == 0 || isKept && kept[path] == nil, "a number is kept at \(path)")
    case .unsigned, .number: try require(isKept && kept[path] == nil, "a number is kept at \(path)")
    case .bool, .null: break
    }
  }
}
