package import Reports

/// A refused event as the store holds it.
package struct QuarantineRow: Equatable, Sendable {
  /// Counts the store's refused events from 1.
  package let number: UInt64
  package let code: String
  /// The member at fault; empty where it is the whole event.
  package let member: String
  package let message: String
  /// Nil where they could not be read.
  package let source: String?
  package let eventID: String?
  package let eventTime: Timestamp?
  package let producer: String
  package let epoch: String
  package let sequence: UInt64
  package let receivedAt: Timestamp
  /// Whether `raw` is the whole event, less what is not kept; else it ends where the event breaks.
  package let isWhole: Bool
  package let raw: String
  package let retryCount: UInt64
  package let retriedAt: Timestamp?
  /// `accepted`, `duplicate`, `late` or `rejected`, the last with its code; nil where it was never sent again.
  package let retryVerdict: String?
  package let retryCode: String?

  /// Whether it was sent again and is held now.
  package var isSettled: Bool { retryVerdict == "accepted" || retryVerdict == "duplicate" }
  /// Whether sending it again can be of use: it is whole, and whoever judges it can tell which it is.
  package var canBeRetried: Bool { isWhole && source != nil && eventID != nil && !isSettled }
}

/// Which refused events are wanted.
package struct QuarantineFilter: Equatable, Sendable {
  package enum State: String, CaseIterable, Sendable {
    /// Not sent again, or in vain.
    case waiting
    /// Sent again and held now.
    case retried
  }

  package var numbers: [ClosedRange<UInt64>] = []
  package var source: String?
  package var code: String?
  /// Bounds of the time of receipt: from the first, before the second.
  package var since: Timestamp?
  package var until: Timestamp?
  package var state: State?
  package var limit: Int?

  package init() {}
}
