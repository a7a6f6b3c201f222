extension [UInt8] {
  /// Appends an integer, least significant byte first.
  package mutating func append(littleEndian value: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
}

extension Span<UInt8> {
  /// The integer that stands at `offset`, least significant byte first.
  package func integer<Value: FixedWidthInteger & UnsignedInteger>(at offset: Int, as type: Value.Type) -> Value {
    var value: Value = 0
    for index in 0..<Value.bitWidth / 8 { value |= Value(self[offset + index]) << (index * 8) }
    return value
  }
}
