/// What became of the events of one run: sent = accepted + duplicate + late + rejected + alreadyHeld + outstanding.
package struct Summary: Equatable, Sendable {
  /// Events that were handed over by the caller.
  package var sent: UInt64 = 0
  package var accepted: UInt64 = 0
  package var duplicate: UInt64 = 0
  package var late: UInt64 = 0
  package var rejected: UInt64 = 0
  /// Events that a WELCOME said to be durable already: their verdicts were given in an earlier run, or lost with a connection.
  package var alreadyHeld: UInt64 = 0
  /// Events without an answer so far; 0 after a finished run.
  package var outstanding: UInt64 = 0
  /// Batches that were sent more than once, counted each time.
  package var resentBatches: UInt64 = 0

  package init() {}
}
