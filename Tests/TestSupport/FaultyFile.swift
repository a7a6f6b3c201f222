import Journal
import Platform

/// A file of a `FaultyStorage`.
final class FaultyFile: JournalFile {
  let storage: FaultyStorage
  let name: String
  let node: Int

  init(storage: FaultyStorage, name: String, node: Int) {
    self.storage = storage
    self.name = name
    self.node = node
  }

  func byteCount() throws(SystemError) -> UInt64 {
    try storage.operate("stat", name) { disk throws(SystemError) in UInt64(disk.nodes[self.node].current.count) }
  }

  func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
    try storage.operate("read", name) { disk throws(SystemError) in
      try disk.checkRead(self.name)
      return Array(disk.read(self.node, at: Int(clamping: offset), count: count))
    }
  }

  func write(_ bytes: Span<UInt8>, at offset: UInt64) throws(SystemError) -> Int {
    var copy: [UInt8] = []
    copy.reserveCapacity(bytes.count)
    for index in bytes.indices { copy.append(bytes[index]) }
    return try write(copy, at: offset)
  }

  func write(_ bytes: [UInt8], at offset: UInt64) throws(SystemError) -> Int {
    try storage.operate("write", name) { disk throws(SystemError) in
      try disk.write(bytes, to: self.node, at: Int(offset), name: self.name)
    }
  }

  func truncate(to byteCount: UInt64) throws(SystemError) {
    try storage.operate("truncate", name) { disk throws(SystemError) in
      try disk.truncate(self.node, to: Int(byteCount), name: self.name)
    }
  }

  func synchronize() throws(SystemError) {
    try storage.operate("sync", name) { disk throws(SystemError) in try disk.synchronize(self.node, name: self.name) }
  }
}
