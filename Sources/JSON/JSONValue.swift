/// A small JSON document as a value: the header of a frame, a configuration.
package enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number without fraction and exponent that fits.
  case integer(Int64)
  /// A number without fraction and exponent above `Int64.max`.
  case unsigned(UInt64)
  /// Any other number: the nearest double, infinite where there is none so large.
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// The members in their order; a name may stand twice.
  case object([Member])

  package struct Member: Equatable, Sendable {
    package var name: String
    package var value: JSONValue
    package init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// The member of an object, the last one where the name stands twice; nil where absent or not an object.
  /// Complexity: O(members).
  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  package var isNull: Bool { self == .null }

  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  package var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  package var array: [JSONValue]? {
    if case .array(let values) = self { values } else { nil }
  }

  package var object: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The number as it was written without fraction and exponent, where it fits.
  package var int64: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The number as it was written without fraction and exponent, where it fits.
  package var uint64: UInt64? {
    switch self {
    case .integer(let value): UInt64(exactly: value)
    case .unsigned(let value): value
    default: nil
    }
  }

  /// Any number, rounded to the nearest double where it is an integer of more than 53 bits.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
