/// Events, and bytes of the bodies that they came in.
package struct Load: Equatable, Sendable {
  package var events: Int
  package var bytes: Int

  package init(events: Int = 0, bytes: Int = 0) {
    self.events = events
    self.bytes = bytes
  }

  static func + (a: Load, b: Load) -> Load { Load(events: a.events + b.events, bytes: a.bytes + b.bytes) }
  static func - (a: Load, b: Load) -> Load { Load(events: a.events - b.events, bytes: a.bytes - b.bytes) }

  /// Whether neither is more than of the other.
  func fits(in other: Load) -> Bool { events <= other.events && bytes <= other.bytes }

  /// The lesser of each.
  func limited(to other: Load) -> Load { Load(events: min(events, other.events), bytes: min(bytes, other.bytes)) }

  func divided(by count: Int) -> Load { Load(events: events / count, bytes: bytes / count) }
}
