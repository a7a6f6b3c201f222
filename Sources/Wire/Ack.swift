package import Reports

/// ACK: everything of the epoch up to a sequence is durable and judged.
package struct Ack: Equatable, Sendable {
  package var epoch: Epoch
  package var throughSequence: UInt64
  package var credit: Credit
  /// The events since the ACK before, and those before it that were sent again, that were not accepted: ascending by sequence, none above
  /// `throughSequence`.
  package var exceptions: [EventException]

  package init(epoch: Epoch, throughSequence: UInt64, credit: Credit, exceptions: [EventException] = []) {
    self.epoch = epoch
    self.throughSequence = throughSequence
    self.credit = credit
    self.exceptions = exceptions
  }

  /// The same said in as many ACKs as it takes for each to name at most `WireLimits.exceptionCount` events, to be sent in order.
  ///
  /// Every ACK but the last ends with the last event that it names, so that each is true and complete by itself.
  ///
  /// - Parameter acknowledged: What was said before: none of them goes back behind it, also where events that were sent again are named.
  package func split(after acknowledged: UInt64 = 0) -> [Ack] {
    var parts: [Ack] = []
    var rest = exceptions[...]
    while rest.count > WireLimits.exceptionCount {
      let named = rest.prefix(WireLimits.exceptionCount)
      rest = rest.dropFirst(named.count)
      guard let last = named.last else { break }
      parts.append(Ack(epoch: epoch, throughSequence: max(last.sequence, acknowledged), credit: credit, exceptions: Array(named)))
    }
    parts.append(Ack(epoch: epoch, throughSequence: throughSequence, credit: credit, exceptions: Array(rest)))
    return parts
  }

  init(decoding header: HeaderReader) throws(WireError) {
    epoch = try header.epoch("epoch")
    throughSequence = try header.unsigned("throughSequence", in: 0...WireLimits.sequence)
    credit = try Credit(decoding: header.object("credit"))
    exceptions = []
    for element in try header.objectArray("exceptions", count: WireLimits.exceptionCount) {
      let exception = try EventException(decoding: element)
      guard exception.sequence > exceptions.last?.sequence ?? 0, exception.sequence <= throughSequence else {
        throw WireError(.outOfRange, "ACK exceptions.sequence: \(exception.sequence) does not ascend up to throughSequence")
      }
      exceptions.append(exception)
    }
  }

  func encode(to header: inout HeaderWriter) {
    header.member("epoch", epoch)
    header.member("throughSequence", throughSequence)
    header.object("credit") { credit.encode(to: &$0) }
    header.objectArray("exceptions", exceptions) { $0.encode(to: &$1) }
  }
}
