import Platform

/// The file in a store's folder that says where its aggregator listens, for commands that have something to send to it.
///
/// It means something only while that aggregator holds the store's lock.
package enum EndpointNote {
  /// Forgets what an earlier aggregator has left.
  package static func clear(_ layout: StoreLayout) throws(ServiceError) {
    try ServiceError.wrapping {
      if FileSystem.exists(layout.endpoint) { try FileSystem.remove(layout.endpoint) }
    }
  }

  /// Writes where it listens, in one step.
  package static func write(_ endpoint: String, _ layout: StoreLayout) throws(ServiceError) {
    try ServiceError.wrapping {
      let temporary = layout.endpoint + ".new"
      let file = try File(temporary, .create)
      try file.truncate(to: 0)
      try file.write(Array((endpoint + "\n").utf8).span, at: 0)
      try FileSystem.rename(temporary, to: layout.endpoint)
    }
  }

  /// Where it listens; nil where nobody has said so.
  package static func read(_ layout: StoreLayout) -> String? {
    guard FileSystem.exists(layout.endpoint), let file = try? File(layout.endpoint, .read),
      let bytes = try? file.readAll(limit: 4_096), bytes.last == UInt8(ascii: "\n")
    else { return nil }
    return String(decoding: bytes.dropLast(), as: UTF8.self)
  }
}
