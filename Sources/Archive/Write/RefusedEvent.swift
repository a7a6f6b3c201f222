package import Reports

/// What is kept of a refused event beside why and whence: read from the journal when it is stored.
package struct RefusedEvent: Equatable, Sendable {
  /// Empty where they could not be read.
  package var source: [UInt8]
  package var id: [UInt8]
  package var time: Timestamp?
  /// Its JSON without what must not be kept.
  package var raw: [UInt8]

  package init(source: [UInt8], id: [UInt8], time: Timestamp?, raw: [UInt8]) {
    self.source = source
    self.id = id
    self.time = time
    self.raw = raw
  }
}
