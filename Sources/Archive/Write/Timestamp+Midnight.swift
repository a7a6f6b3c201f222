import Reports

extension Timestamp {
  private static let dayMicroseconds: Int64 = 86_400_000_000

  /// Midnight UTC so many days before that of the day in which it lies; the least time where none is so early.
  func midnight(daysBefore days: Int) -> Timestamp {
    let (midnight, isTooEarly) = (bin(ofMicroseconds: Self.dayMicroseconds) - Int64(days))
      .multipliedReportingOverflow(by: Self.dayMicroseconds)
    return Timestamp(microseconds: isTooEarly ? .min : midnight)
  }
}
