/// What of a store's summaries is to be erased, or was.
package struct ArchiveErasure: Sendable {
  /// A report's place in the journal.
  package struct Place: Hashable, Sendable {
    package var position: UInt64
    package var row: UInt32

    package init(position: UInt64, row: UInt32) {
      self.position = position
      self.row = row
    }
  }

  /// How many rows there were.
  package struct Count: Equatable, Sendable {
    package var samples = 0
    package var refusedEvents = 0
    package var keywords = 0

    package init() {}
    package var isNothing: Bool { self == Count() }
  }

  /// By source and id: samples and refused events.
  package var reports: [(source: [UInt8], id: [UInt8])] = []
  /// By where they stand in the journal.
  package var places: [Place] = []
  /// Keywords that come from erased texts alone, by their numbers, with what they are called from now on.
  package var keywords: [(number: UInt32, name: String)] = []

  package init() {}
}
