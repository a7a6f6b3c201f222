import Reports
import Wire

/// Whose cursor it is: a producer's name and epoch.
struct ProducerKey: Hashable {
  var name: [UInt8]
  var epoch: Epoch

  init(name: [UInt8], epoch: Epoch) {
    self.name = name
    self.epoch = epoch
  }

  /// Word by word: every message has it hashed.
  func hash(into hasher: inout Hasher) {
    hasher.combine(epoch.high)
    hasher.combine(epoch.low)
    hasher.combine(name.count)
    var word: UInt64 = 0
    for index in name.indices {
      word = word << 8 | UInt64(name[index])
      if index % 8 == 7 {
        hasher.combine(word)
        word = 0
      }
    }
    hasher.combine(word)
  }

  init(_ identity: Session.Identity) { self.init(name: Array(identity.producer.utf8), epoch: identity.epoch) }
}
