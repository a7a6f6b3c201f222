/// Bugs that the simulator must find. They live in what the simulator puts around the code under test, not in that.
package enum PlantedBug: CaseIterable, Sendable {
  /// The journal takes for synced what is not, so that it is acknowledged too early.
  case acknowledgesBeforeSync
  /// A sync of the journal that failed is tried again, and believed.
  case retriesFailedSync
  /// Recovery leaves out the last record.
  case recoveryDropsRecord
  /// A producer's outbox forgets its epoch, and the aggregator all but a few identities: what is sent again counts twice.
  case forgetsWhatWasSent
  /// The answers to one producer are never sent.
  case losesAnswers
}
