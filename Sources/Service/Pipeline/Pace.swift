/// How long changes are gathered while storing takes long: what changes again and again is written once.
enum Pace {
  /// A pause is so many times as long as the store before it,
  static let factor: UInt64 = 7
  /// but never longer than this.
  static let longestMilliseconds: UInt64 = 10_000

  /// The least pause after a store that took so long.
  static func pauseMilliseconds(afterNanoseconds nanoseconds: UInt64) -> UInt64 {
    min(nanoseconds / 1_000_000 * factor, longestMilliseconds)
  }
}
