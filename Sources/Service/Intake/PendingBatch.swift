/// A batch that was taken and is not answered yet.
struct PendingBatch {
  var passage: Passage
  var route: [UInt8]
  var key: ProducerKey
  var lastSequence: UInt64
  var firstSequence: UInt64
  var load: Load
  /// Which of the sessions that its route has had.
  var sessionNumber: UInt64
}
