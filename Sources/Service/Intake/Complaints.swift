import Platform
import Reports
import ZeroMQ

/// Faults of peers: counted by code for good, and logged at most once a second: a flood of rubbish must not become a flood of lines.
struct Complaints {
  private var ledger: RefusalLedger
  private let path: String?
  private var counts: [String: Int] = [:]
  private var examples: [String: String] = [:]
  private var lastReportNanoseconds: UInt64 = 0
  private var couldSave = true
  private var lastRefusal = ""

  /// What the clocks show; the owner tells.
  var now: Instant

  /// - Parameter path: where the counts are kept; nil for nowhere.
  init(path: String?, at now: Instant) {
    self.path = path
    self.now = now
    ledger = RefusalLedger()
    guard let path else { return }
    do throws(ServiceError) { ledger = try RefusalLedger(path: path) } catch {
      Log.write(.warning, "what was refused is counted anew", ["reason": error])
    }
  }

  mutating func note(_ code: String, _ message: String) {
    counts[code, default: 0] += 1
    examples[code] = message
    ledger.note(code, message, at: Timestamp(microseconds: now.wallMicroseconds))
  }

  /// A handshake that failed: counted by what libzmq says of it.
  mutating func note(_ failure: SocketMonitor.Failure) {
    switch failure {
    case .refused: note("unknown-key", lastRefusal)
    case .otherMechanism: note("other-mechanism", "a peer spoke without keys where they are asked for, or with keys where not")
    case .cryptographic:
      note(
        "handshake-mismatch", "made for another server key or connection: check --server-key; or somebody plays a record again")
    case .malformed: note("malformed-handshake", "what a peer sent is no handshake of ZeroMQ")
    case .broken: note("broken-handshake", "a peer left before it said who it is, or took too long")
    }
  }

  /// Who it was that libzmq says was refused.
  mutating func explain(_ refusal: Authenticator.Refusal) {
    let address = refusal.address.isEmpty ? "" : " from \(refusal.address)"
    lastRefusal = "the key \(refusal.key?.description ?? "?")\(address) is in no [[producer]]"
  }

  /// Whether the second is over.
  var isDue: Bool { now.monotonicNanoseconds - lastReportNanoseconds >= 1_000_000_000 }

  /// - Parameter atOnce: also within the second.
  mutating func report(atOnce: Bool = false) {
    guard atOnce || isDue else { return }
    lastReportNanoseconds = now.monotonicNanoseconds
    for (code, count) in counts.sorted(by: { $0.key < $1.key }) {
      Log.write(.warning, "refused a message", ["code": code, "count": count, "example": examples[code] ?? ""])
    }
    counts.removeAll()
    examples.removeAll()
    save()
  }

  /// The counts are no reason to stop serving, nor to fill the log.
  private mutating func save() {
    guard let path else { return }
    do throws(SystemError) {
      try ledger.save(to: path)
      couldSave = true
    } catch {
      if couldSave { Log.write(.warning, "the counts of what was refused cannot be kept", ["reason": error]) }
      couldSave = false
    }
  }
}
