/// What became of the events of one run: sent = accepted + duplicate + late + rejected + alreadyHeld + outstanding.
public struct Summary: Equatable, Sendable {
  /// Events that were handed over by the caller.
  public var sent: UInt64 = 0
  public var accepted: UInt64 = 0
  public var duplicate: UInt64 = 0
  public var late: UInt64 = 0
  public var rejected: UInt64 = 0
  /// Events that a WELCOME said to be durable already: their verdicts were given in an earlier run, or lost with a connection.
  public var alreadyHeld: UInt64 = 0
  /// Events without an answer so far; 0 after a finished run.
  public var outstanding: UInt64 = 0
  /// Batches that were sent more than once, counted each time.
  public var resentBatches: UInt64 = 0

  public init() {}
}
