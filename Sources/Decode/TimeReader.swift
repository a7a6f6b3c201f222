import Reports

/// Reads times, of which most lie on the day of the one before: its date is only compared.
struct TimeReader {
  /// Powers of ten, for the digits that a fraction lacks of six.
  private static var scales: InlineArray<6, Int64> { [1, 10, 100, 1_000, 10_000, 100_000] }

  /// The ten characters of the last date, and its first microsecond in UTC.
  private var date: (UInt64, UInt16) = (0, 0)
  private var dateMicroseconds: Int64 = 0

  /// What `Timestamp(rfc3339:)` gives. Complexity: O(count).
  @inline(__always)
  mutating func read(_ text: Span<UInt8>) -> Timestamp? {
    if let time = readToday(text) { return time }
    return readAny(text)
  }

  /// A time on the last date, in UTC, with at most six digits behind the point; nil for all others.
  @inline(__always)
  private func readToday(_ text: Span<UInt8>) -> Timestamp? {
    let count = text.count
    guard count >= 20, count <= 27 else { return nil }
    return unsafe text.withUnsafeBytes { bytes -> Timestamp? in
      let (first, second) = unsafe (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
      guard first == date.0, second == date.1, unsafe bytes[10] | 0x20 == UInt8(ascii: "t"),
        unsafe bytes[count - 1] | 0x20 == UInt8(ascii: "z")
      else { return nil }
      // HH:MM:SS, the first character the least byte: digits less their zero, colons less themselves.
      let clock =
        unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 11, as: UInt64.self)) ^ 0x3030_3a30_303a_3030
      // A digit is at most nine, so that adding six leaves its upper half zero; what is no digit has one there already.
      let wrong = (clock | (clock &+ 0x0606_0006_0600_0606)) & 0xf0f0_fff0_f0ff_f0f0
      guard wrong == 0 else { return nil }
      let hour = Int64(clock & 0xf) * 10 + Int64(clock >> 8 & 0xf)
      let minute = Int64(clock >> 24 & 0xf) * 10 + Int64(clock >> 32 & 0xf)
      let second60 = Int64(clock >> 48 & 0xf) * 10 + Int64(clock >> 56 & 0xf)
      guard hour <= 23, minute <= 59, second60 <= 59 else { return nil }
      var fraction: Int64 = 0
      if count > 20 {
        guard count > 21, unsafe bytes[19] == UInt8(ascii: ".") else { return nil }
        // The eight bytes before the last: one to six digits, and what stands in front of them as zeros.
        let digitCount = count - 21
        var digits =
          unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: count - 9, as: UInt64.self)) ^ 0x3030_3030_3030_3030
        digits &= UInt64.max << UInt64((8 - digitCount) * 8)
        if (digits | (digits &+ 0x0606_0606_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0 != 0 { return nil }
        // Pairs, then fours, then all eight.
        digits = digits &* 10 &+ (digits >> 8)
        let (odd, even) = (digits & 0x0000_00ff_0000_00ff, digits >> 16 & 0x0000_00ff_0000_00ff)
        let value = (odd &* 0x000f_4240_0000_0064 &+ even &* 0x0000_2710_0000_0001) >> 32
        fraction = Int64(value & 0xffff_ffff) * Self.scales[6 - digitCount]
      }
      return Timestamp(microseconds: dateMicroseconds + ((hour * 60 + minute) * 60 + second60) * 1_000_000 + fraction)
    }
  }

  @inline(never)
  private mutating func readAny(_ text: Span<UInt8>) -> Timestamp? {
    guard let time = Timestamp(rfc3339: text) else { return nil }
    var midnight: InlineArray<20, UInt8> = [
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x54, 0x30, 0x30, 0x3a, 0x30, 0x30, 0x3a, 0x30, 0x30, 0x5a,
    ]
    for index in 0..<10 { midnight[index] = text[index] }
    if let start = Timestamp(rfc3339: midnight.span) {
      unsafe text.withUnsafeBytes { bytes in
        date = unsafe (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
      }
      dateMicroseconds = start.microseconds
    }
    return time
  }
}
