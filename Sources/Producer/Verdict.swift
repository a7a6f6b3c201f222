import Wire

/// What became of one published event.
public struct Verdict: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Taken and counted.
    case accepted
    /// Received before: by its sequence (`cursor`) or by its `source` and `id` with the same content (`identity`).
    case duplicate
    /// Its time lies further behind than the aggregator waits.
    case late
    /// It is not what docs/wire.md asks for; `member` and `message` say what to mend.
    case rejected
    /// The same `source` and `id` came earlier with other content.
    case conflict
    /// It is durable, but its verdict was said in an earlier run or lost with a connection: `tocsin sources` counts it.
    case alreadyHeld
  }

  /// The number that `publish` gave the event.
  public var number: UInt64
  public var kind: Kind
  /// A code of docs/wire.md, section 7.1; empty where it was accepted or is already held.
  public var code: String
  /// The member of the event that is wrong, as `data.location`; empty where none is named.
  public var member: String
  /// For people; empty where there is nothing to say.
  public var message: String

  init(number: UInt64, _ kind: Kind) {
    self.number = number
    self.kind = kind
    (code, member, message) = ("", "", "")
  }

  init(number: UInt64, _ exception: EventException) {
    self.number = number
    switch exception.verdict {
    case .duplicate: kind = .duplicate
    case .late: kind = .late
    case .rejected: kind = exception.code == "conflict" ? .conflict : .rejected
    }
    code = exception.code
    (member, message) = Self.split(exception.detail)
  }

  /// "member: message", or a message alone: no member has a blank in it.
  private static func split(_ detail: String) -> (member: String, message: String) {
    guard let colon = detail.utf8.firstIndex(of: UInt8(ascii: ":")) else { return ("", detail) }
    let member = detail[..<colon]
    let rest = detail[colon...].dropFirst()
    guard rest.first == " ", !member.isEmpty, member.allSatisfy({ $0.isLetter || $0 == "." }) else { return ("", detail) }
    return (String(member), String(rest.dropFirst()))
  }
}
